//! placeholder until the text branch lands
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format { Markdown, #[default] Plain }
impl Format { pub fn name(self) -> &'static str { match self { Self::Markdown => "markdown", Self::Plain => "plain" } }
pub fn from_name(n: &str) -> Option<Self> { match n { "markdown" => Some(Self::Markdown), "plain" => Some(Self::Plain), _ => None } } }
