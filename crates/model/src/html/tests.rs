use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn becomes(given: &str, expected: &str) {
    assert_eq!(sanitise(given), expected, "from {given}");
    assert_eq!(sanitise(expected), expected, "a second cleaning changes what came from {given}");
}

#[test]
fn ordinary_posts_pass_unchanged() {
    for html in [
        "",
        "<p>Hello <strong>world</strong>, <em>all</em> of <del>you</del> us<br>again</p><p>More &amp; more</p>",
        "<blockquote><p>quoted</p></blockquote><p>answer</p>",
        "<ul><li>one</li><li>two<ol start=\"3\" reversed=\"\"><li value=\"7\">deep</li></ol></li></ul>",
        "<pre><code>let x = 1 &lt; 2;\n\n  y</code></pre>",
        "<p lang=\"cy\">Helo <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>",
        "<p><a href=\"https://a.example/x?y=1&amp;z=2\" rel=\"nofollow noopener\" target=\"_blank\">text</a></p>",
        "<p class=\"quote-inline\">RE: x</p>",
    ] {
        becomes(html, html);
    }
}

#[test]
fn links_carry_the_marks_of_a_strangers_link() {
    becomes(
        r#"<a href="https://a.example/" rel="me noreferrer" target="_top" onclick="x()" id="i">x</a>"#,
        r#"<a href="https://a.example/" rel="me nofollow noopener" target="_blank">x</a>"#,
    );
    becomes(
        r##"<a href="https://a.example/tags/x" class="mention hashtag evil" rel="tag">#<span>x</span></a>"##,
        r##"<a href="https://a.example/tags/x" class="mention hashtag" rel="tag nofollow noopener" target="_blank">#<span>x</span></a>"##,
    );
    becomes(
        r#"<span class="h-card" translate="no"><a href="https://a.example/@b" class="u-url mention">@<span>b</span></a></span>"#,
        r#"<span class="h-card" translate="no"><a href="https://a.example/@b" class="u-url mention" rel="nofollow noopener" target="_blank">@<span>b</span></a></span>"#,
    );
    becomes(
        r#"<a href="gemini://a.example/">x</a>"#,
        r#"<a href="gemini://a.example/" rel="nofollow noopener" target="_blank">x</a>"#,
    );
}

#[test]
fn links_that_lead_anywhere_else_become_their_text() {
    for href in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "java&#9;script:alert(1)",
        "java&#x0A;script:alert(1)",
        "&#106;avascript&colon;alert(1)",
        "&#x1;javascript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a.example/x",
        "mailto:a@b.example",
        "magnet:?xt=x",
        "xmpp:a@b.example",
        "/relative",
        "//a.example/",
        "#fragment",
        "?q",
        "",
        "https://",
        "http://[::1",
        "https:// /",
    ] {
        becomes(&format!("<p><a href=\"{href}\">x</a></p>"), "<p>x</p>");
    }
    becomes("<a>x</a><a name=y>z</a>", "xz");
}

#[test]
fn scripts_styles_and_drawings_leave_nothing_behind() {
    for html in [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//a.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</script>",
        "<style>p{color:red}</style>",
        "<style><img src=x onerror=alert(1)></style>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<iframe src=\"javascript:alert(1)\">x</iframe>",
        "<object data=x>y</object><embed src=x>",
        "<img src=x onerror=alert(1)>",
        "<img src=\"javascript:alert(1)\"/>",
        "<video><source onerror=alert(1)></video>",
        "<link rel=stylesheet href=x><meta http-equiv=refresh content=0><base href=//a.example>",
        "<title>x</title><noscript><p>x</p></noscript><template><b>x</b></template>",
        "<!-- <b>comment</b> --><!DOCTYPE html><?php x ?><![CDATA[x]]>",
        "<form action=x><input name=y><textarea>z</textarea><select><option>w</select></form>",
        "<p></p><b></b><span class=\"invisible\"></span>",
    ] {
        let clean = sanitise(html);
        assert!(clean.is_empty() || clean == "ipt&gt;alert(1)", "{html} left {clean}");
    }
}

#[test]
fn attributes_beyond_the_list_go() {
    becomes(
        "<p style=\"position:fixed\" onclick=x id=y class=\"h-card evil invisible p-NAME u-\" dir=rtl>x</p>",
        "<p class=\"h-card invisible\">x</p>",
    );
    becomes("<span class=evil translate=yes>x</span>", "<span>x</span>");
    becomes("<ol start=1e9 type=a><li value=x>y</li></ol>", "<ol><li>y</li></ol>");
    becomes("<b lang=\"x y\" class=mention>x</b>", "<b>x</b>");
}

#[test]
fn s22_known_tricks_against_sanitisers_yield_nothing_that_acts() {
    for html in [
        r#"<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">"#,
        r#"<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>"#,
        r#"<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">"#,
        r#"<svg><style><img src=x onerror=alert(1)></style></svg>"#,
        r#"<noscript><p title="</noscript><img src=x onerror=alert(1)>">"#,
        r#"<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>"#,
        r#"<p title="`<img src=x onerror=alert(1)>`">x</p>"#,
        r#"<a href="https://a.example/&quot; onmouseover=&quot;alert(1)">x</a>"#,
        r#"<a href="https://a.example/" class="mention&quot; onclick=&quot;alert(1)">x</a>"#,
        "<<script>alert(1)//<</script>",
        "<img src=\"x` `<script>alert(1)</script>\"` `>",
        "<div><div title=\"</div><script>alert(1)</script>\">",
        "<xmp><p title=\"</xmp><img src onerror=alert(1)>\">",
        "<textarea><script>x</textarea><script>alert(1)</script>",
        "<p\u{0}on\u{0}click=alert(1)>x<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
        "<select><noembed></select><script>x='<img src=x onerror=alert(1)>'</script>",
        "<plaintext><script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<a href=https://a.example/ <b onmouseover=alert(1)>x",
        "<p><svg><foreignObject><p><style><p title=\"</style><iframe onload=alert(1)>\">",
    ] {
        let clean = sanitise(html);
        assert_eq!(sanitise(&clean), clean, "from {html}");
        assert_only_allowed(&clean);
    }
}

#[test]
fn headings_become_bold_paragraphs() {
    becomes("<h1>Title</h1><p>text</p>", "<p><strong>Title</strong></p><p>text</p>");
    becomes("<h2 class=x lang=de>A <em>b</em></h2>c", "<p lang=\"de\"><strong>A <em>b</em></strong></p>c");
    becomes("<h3><p>inside</p></h3>", "<p>inside</p>");
}

#[test]
fn blocks_we_do_not_keep_still_part_the_text() {
    becomes("<div>one</div><div>two</div>", "one<br>two");
    becomes("<div><p>one</p></div><div><p>two</p></div>", "<p>one</p><p>two</p>");
    becomes("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b <br>c ");
    becomes("<p>a<div>b</div>c</p>", "<p>a</p>b<br>c");
    becomes("a<hr>b", "a<br>b");
}

#[test]
fn careless_html_is_put_in_order() {
    becomes("<p>one<p>two", "<p>one</p><p>two</p>");
    becomes("<b>x<i>y</b>z</i>", "<b>x<i>y</i></b>z");
    becomes(
        "<a href=https://a.example/>x<a href=https://b.example/>y",
        &[
            "<a href=\"https://a.example/\" rel=\"nofollow noopener\" target=\"_blank\">x</a>",
            "<a href=\"https://b.example/\" rel=\"nofollow noopener\" target=\"_blank\">y</a>",
        ]
        .concat(),
    );
    becomes("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>");
    becomes("<li>a</li><li>b</li>", "a<br>b");
    becomes("<p>a<ul><li>b</ul></p>", "<p>a</p><ul><li>b</li></ul>");
    becomes("x</p></b></div>y", "x<br>y");
    becomes("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d");
    becomes("<pre>\n\n\nx\n</pre>", "<pre>x\n</pre>");
    becomes("tab\tnul\u{0}bell\u{7}cr&#13;\u{FEFF}nbsp\u{A0}", "tab\tnulbellcr\nnbsp&nbsp;");
}

#[test]
fn formulas_keep_their_tex() {
    let formula = |display: &str| {
        format!(
            "<p><math {display}><semantics><mrow><mi>x</mi></mrow><annotation encoding=\"application/x-tex\">x &lt; \\pi</annotation></semantics></math>!</p>"
        )
    };
    becomes(&formula(""), "<p>$x &lt; \\pi$!</p>");
    becomes(&formula("display=block"), "<p>$$x &lt; \\pi$$!</p>");
    becomes("<math><mi>x</mi><mo>+</mo><mn>1</mn></math>", "x+1");
    becomes("<math><mi>never closed", "never closed");
}

#[test]
fn s23_too_deep_html_becomes_plain_text() {
    let nested = |depth: usize| format!("{}x{}", "<blockquote>".repeat(depth), "</blockquote>".repeat(depth));
    becomes(&nested(64), &nested(64));
    becomes(&nested(65), "<p>x</p>");
    becomes(&nested(4_000), "<p>x</p>");
    becomes(&format!("{}<p>a &lt;b&gt;<br>c</p><p>d</p>", "<i>".repeat(100)), "<p>a &lt;b&gt;<br>c</p><p>d</p>");
    becomes(&"<div>".repeat(10_000), "");
}

#[test]
fn s23_too_large_html_becomes_plain_text_of_a_bounded_size() {
    for html in [
        "<b>é</b> ".repeat(MAX_HTML / 5),
        "&amp;".repeat(MAX_HTML),
        "a".repeat(MAX_HTML * 3),
        "<p>x</p>\n".repeat(MAX_HTML / 3),
        "<a href=http:a>x".repeat(MAX_HTML / 16 - 1),
    ] {
        let clean = sanitise(&html);
        assert!(clean.len() <= MAX_HTML && clean.len() > 1000, "{} bytes", clean.len());
        assert!(clean.starts_with("<p>") && clean.ends_with("</p>") && !clean.contains("<b>"), "{}", &clean[..40]);
        assert_eq!(sanitise(&clean), clean);
    }
}

#[test]
fn s24_hostile_html_does_not_take_long() {
    let n = MAX_HTML / 12;
    let cases = [
        "<b><i><a href=https://a.example/>".repeat(n / 3),
        (0..n).map(|i| format!("<b lang=a{i}><p>")).collect::<String>()[..MAX_HTML].to_owned(),
        format!("<a {}>x", (0..n).map(|i| format!(" a{i}")).collect::<String>()),
        "<".repeat(MAX_HTML),
        "<a ".repeat(MAX_HTML / 3),
        "<!--".repeat(MAX_HTML / 4),
        "&".repeat(MAX_HTML),
        "&amp; ".repeat(MAX_HTML / 12),
        "<p><ul><li>".repeat(n),
        "<svg>".repeat(MAX_HTML / 5),
        "<table><tr><td>".repeat(n),
        "</p>".repeat(MAX_HTML / 4),
        format!("<p class=\"{}\">x", "h-a ".repeat(MAX_HTML / 5)),
    ];
    for html in cases {
        let began = Instant::now();
        let clean = sanitise(&html);
        let _ = to_text(&html);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?} for {}", began.elapsed(), &html[..20]);
        assert!(clean.len() <= MAX_HTML);
    }
}

#[test]
fn own_links_lead_to_own_pages() {
    let html = concat!(
        r#"<p><a href="https://far.example/@b?x=1&amp;y=2" class="u-url mention">@b</a> "#,
        r##"<a href="https://far.example/tags/c" class="mention hashtag" rel="tag">#c</a> "##,
        r#"<a href="https://far.example/d" class="mention">d</a><script>x</script></p>"#
    );
    let own = |href: &str| match href {
        "https://far.example/@b?x=1&y=2" => Some("/@b@far.example?\"".to_owned()),
        "https://far.example/tags/c" => Some("/tags/c".to_owned()),
        _ => None,
    };
    assert_eq!(
        rewrite_links(html, &own),
        concat!(
            r#"<p><a href="/@b@far.example?&quot;" class="u-url mention">@b</a> "#,
            r##"<a href="/tags/c" class="mention hashtag" rel="tag">#c</a> "##,
            r#"<a href="https://far.example/d" class="mention" rel="nofollow noopener" target="_blank">d</a></p>"#
        )
    );
}

#[test]
fn text_reads_as_the_page_does() {
    for (html, text) in [
        ("<p>one<br>two</p><p>three &amp; <b>four</b></p>", "one\ntwo\n\nthree & four"),
        ("a  b\n c", "a b c"),
        ("<p>x</p><ul><li>a</li><li><p>b</p></li></ul>y", "x\n\n- a\n- b\n\ny"),
        ("<p>dash -</p><p>next</p>", "dash -\n\nnext"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("<script>x</script><p>y</p>", "y"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("&lt;b&gt;", "<b>"),
        ("", ""),
        ("unclosed <b", "unclosed"),
        (
            r#"<a href="x"><span class="invisible">https://</span><span class="ellipsis">a.example/long</span><span class="invisible">er</span></a>"#,
            "https://a.example/longer",
        ),
    ] {
        assert_eq!(to_text(html), text, "from {html}");
    }
}

#[test]
fn escaped_text_is_text_in_any_place() {
    assert_eq!(escape("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    assert_eq!(to_text(&escape("<b>&amp;'\"")), "<b>&amp;'\"");
}

#[test]
fn long_text_is_cut_between_words() {
    for (text, chars, cut) in [
        ("short", 5, "short"),
        ("short", 10, "short"),
        ("shorter", 5, "shor…"),
        ("some words here", 12, "some words…"),
        ("some words here", 11, "some words…"),
        ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
        ("👩\u{200D}👩\u{200D}👧 family", 4, "…"),
        ("abc", 0, ""),
        ("abc", 1, "…"),
        ("", 3, ""),
    ] {
        assert_eq!(truncate(text, chars), cut, "{text} at {chars}");
    }
}

/// Reads the result as strictly as can be: our own serialisation, so every tag is known to the letter.
fn assert_only_allowed(html: &str) {
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("an open tag in {html}"));
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        let element = Element::named(name).unwrap_or_else(|| panic!("<{name}> in {html}"));
        assert_eq!(element.name(), name);
        let mut rest = tag.trim_start_matches('/')[name.len()..].trim_start();
        while !rest.is_empty() {
            let (attribute, value) = rest.split_once("=\"").unwrap_or_else(|| panic!("{rest} in {html}"));
            let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("{value} in {html}"));
            assert!(element.allowed().contains(&attribute), "{attribute} on <{name}> in {html}");
            let decoded = value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            if attribute == "href" {
                let url = url::Url::parse(&decoded).unwrap();
                assert!(SCHEMES.contains(&url.scheme()), "{decoded} in {html}");
            }
            rest = after.trim_start();
        }
    }
}

/// Shreds of HTML put together at random: far likelier to find a hole than random characters.
fn shreds() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "p",
        "br",
        "span",
        "a",
        "del",
        "s",
        "pre",
        "blockquote",
        "code",
        "b",
        "strong",
        "u",
        "i",
        "em",
        "ul",
        "ol",
        "li",
        "ruby",
        "rt",
        "rp",
        "h1",
        "h6",
        "div",
        "table",
        "tr",
        "td",
        "math",
        "mi",
        "mtext",
        "annotation-xml",
        "svg",
        "foreignObject",
        "style",
        "script",
        "title",
        "textarea",
        "select",
        "option",
        "button",
        "form",
        "template",
        "noscript",
        "iframe",
        "plaintext",
        "xmp",
        "img",
        "font",
        "nobr",
        "body",
        "html",
        "frameset",
        "marquee",
        "dd",
    ]);
    let attributes = prop::sample::select(vec![
        "",
        " href=\"https://a.example/?a=1&amp;b\"",
        " href='javascript:x'",
        " class=\"mention h-x\"",
        " onclick=x",
        " lang=en-gb",
        " rel=me",
        " translate=no",
        " title=\"</style><img src onerror=x>\"",
        " start=3",
        "/",
        " encoding=text/html",
        " href=https://b.example/'x",
    ]);
    let text = prop::sample::select(vec![
        " ",
        "\n",
        "text",
        "&lt;",
        "&amp;amp;",
        "&#13;",
        "\u{A0}",
        "&nbsp;",
        "<",
        ">",
        "\"",
        "'",
        "<!--",
        "-->",
        "é",
        "\t",
        "]]>",
        "\u{0}",
        "&#0;",
        "<![CDATA[",
        "\u{FEFF}",
        "$",
    ]);
    let piece = prop_oneof![
        3 => (names.clone(), attributes).prop_map(|(name, attributes)| format!("<{name}{attributes}>")),
        2 => names.prop_map(|name| format!("</{name}>")),
        2 => text.prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(crate::campaign(400))]

    #[test]
    fn cleaning_twice_is_cleaning_once(html in shreds()) {
        let clean = sanitise(&html);
        prop_assert_eq!(sanitise(&clean), clean.clone());
        assert_only_allowed(&clean);
    }

    #[test]
    fn our_parser_and_ammonia_agree_at_once(html in shreds()) {
        let tidied = tidy::tidy(&html, None).unwrap();
        prop_assert_eq!(SANITISER.clean(&tidied).to_string(), tidied);
    }

    #[test]
    fn any_text_can_be_cleaned_and_read(text in "\\PC{0,80}") {
        let clean = sanitise(&text);
        prop_assert_eq!(sanitise(&clean), clean);
        let _ = to_text(&text);
    }

    #[test]
    fn escaped_text_reads_back(text in "[^\\s\\pC][^\\pC]{0,40}") {
        let words = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(&to_text(&escape(&text))), words(&text));
    }

    #[test]
    fn truncated_text_keeps_to_its_length(text in "\\PC{0,40}", chars in 0usize..40) {
        let cut = truncate(&text, chars);
        prop_assert!(cut.chars().count() <= chars);
        prop_assert!(text.starts_with(cut.trim_end_matches('…')) || cut == text);
    }
}
