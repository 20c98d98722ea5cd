use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::html::{sanitise, to_text};

/// Knows everybody called alice or with an underscore, anywhere.
struct Town;

impl Links for Town {
    fn mention(&self, handle: &Handle) -> Option<MentionLink> {
        let known = handle.username.eq_ignore_ascii_case("alice") || handle.username.contains('_');
        known.then(|| MentionLink {
            url: format!("https://{}/@{}", handle.domain.as_deref().unwrap_or("here.example"), handle.username),
            username: handle.username.clone(),
        })
    }

    fn hashtag(&self, key: &str, _: &str) -> String {
        format!("https://here.example/tags/{key}")
    }
}

fn markdown(source: &str) -> String {
    render(source, Format::Markdown, &Town)
}

fn plain(source: &str) -> String {
    render(source, Format::Plain, &Town)
}

fn mention(domain: &str, name: &str) -> String {
    format!(
        "<span class=\"h-card\" translate=\"no\"><a href=\"https://{domain}/@{name}\" class=\"u-url mention\">@<span>{name}</span></a></span>"
    )
}

fn tag(key: &str, name: &str) -> String {
    format!(
        "<a href=\"https://here.example/tags/{key}\" class=\"mention hashtag\" rel=\"tag\">#<span>{name}</span></a>"
    )
}

fn short_url(href: &str, prefix: &str, shown: &str) -> String {
    format!(
        "<a href=\"{href}\" rel=\"nofollow noopener\" translate=\"no\"><span class=\"invisible\">{prefix}</span><span class=\"\">{shown}</span><span class=\"invisible\"></span></a>"
    )
}

fn urls(source: &str) -> Vec<String> {
    scan(source, Format::Plain).urls
}

#[test]
fn markdown_in_the_small_becomes_html() {
    for (source, html) in [
        ("", ""),
        ("one\ntwo\r\nthree", "<p>one<br>two<br>three</p>"),
        ("one\n\n\ntwo", "<p>one</p><p>two</p>"),
        (
            "*a* _b_ **c** __d__ ~~e~~",
            "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <del>e</del></p>",
        ),
        ("# Title\n## Next", "<p><strong>Title</strong></p><p><strong>Next</strong></p>"),
        ("> quoted\n\nanswer", "<blockquote><p>quoted</p></blockquote><p>answer</p>"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("1986. a year", "<ol start=\"1986\"><li>a year</li></ol>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```rust\nfn a() {}\n\n  b\n```", "<pre><code>fn a() {}\n\n  b</code></pre>"),
        ("a\n\n---\n\nb", "<p>a</p><p>---</p><p>b</p>"),
        ("5 * 3 * 2 & 1 < 2 \\*x\\*", "<p>5 * 3 * 2 &amp; 1 &lt; 2 *x*</p>"),
        ("&lt;b&gt; &copy;", "<p>&lt;b&gt; ©</p>"),
        (">", ""),
        ("[Edit]: typo", "<p>[Edit]: typo</p>"),
    ] {
        assert_eq!(markdown(source), html, "from {source:?}");
    }
}

#[test]
fn raw_html_is_shown_as_text() {
    for (source, html) in [
        ("<b>*hi*</b>", "<p>&lt;b&gt;<em>hi</em>&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (
            "<div>\n\n@alice\n\n</div>",
            &format!("<p>&lt;div&gt;</p><p>{}</p><p>&lt;/div&gt;</p>", mention("here.example", "alice")),
        ),
        ("<!-- x -->", "<p>&lt;!-- x --&gt;</p>"),
        ("(<b>x)", "<p>(&lt;b&gt;x)</p>"),
        ("a](<b onclick=x>", "<p>a](&lt;b onclick=x&gt;</p>"),
        ("<img src=x onerror=\"y\">", "<p>&lt;img src=x onerror=\"y\"&gt;</p>"),
    ] {
        assert_eq!(markdown(source), html, "from {source:?}");
    }
    assert_eq!(plain("<b>*hi*</b>"), "<p>&lt;b&gt;*hi*&lt;/b&gt;</p>");
}

#[test]
fn plain_text_keeps_its_lines_and_its_signs() {
    for (source, html) in [
        ("", ""),
        ("\n \n", ""),
        ("one\ntwo\n\n \nthree\n", "<p>one<br>two</p><p>three</p>"),
        ("*a* _b_ `c` # d\n> e", "<p>*a* _b_ `c` # d<br>&gt; e</p>"),
    ] {
        assert_eq!(plain(source), html, "from {source:?}");
    }
    let both = format!("<p>{} {}</p>", mention("here.example", "alice"), tag("tag", "Tag"));
    assert_eq!(plain("@alice #Tag"), both);
}

#[test]
fn written_links_keep_their_text() {
    for (source, html) in [
        (
            "[a *b*](https://x.example/c_d_e)",
            "<p><a href=\"https://x.example/c_d_e\" rel=\"nofollow noopener\">a <em>b</em></a></p>",
        ),
        (
            "[a](https://x.example/b_(c) \"title\")",
            "<p><a href=\"https://x.example/b_(c)\" rel=\"nofollow noopener\">a</a></p>",
        ),
        (
            "[@alice #tag https://x.example](<https://y.example/>)",
            "<p><a href=\"https://y.example/\" rel=\"nofollow noopener\">@alice #tag https://x.example</a></p>",
        ),
        (
            "![a cat](https://x.example/cat.png)",
            "<p><a href=\"https://x.example/cat.png\" rel=\"nofollow noopener\">a cat</a></p>",
        ),
        (
            "![](https://x.example/)",
            "<p><a href=\"https://x.example/\" rel=\"nofollow noopener\">https://x.example/</a></p>",
        ),
        (
            "[![a](https://x.example/a)](https://x.example/b)",
            "<p><a href=\"https://x.example/b\" rel=\"nofollow noopener\">a</a></p>",
        ),
        (
            "[a](https://x.example/?b=\"c\"&d=<e>)",
            "<p><a href=\"https://x.example/?b=%22c%22&amp;d=%3Ce%3E\" rel=\"nofollow noopener\">a</a></p>",
        ),
    ] {
        assert_eq!(markdown(source), html, "from {source:?}");
    }
}

#[test]
fn links_to_where_nothing_may_lead_are_written_out() {
    for (source, html) in [
        ("[a](javascript:alert(1))", "<p>a (javascript:alert(1))</p>"),
        ("[a](JAVASCRIPT&colon;alert)", "<p>a (JAVASCRIPT:alert)</p>"),
        ("[a](data:text/html,x)", "<p>a (data:text/html,x)</p>"),
        ("[write](mailto:team@x.example)", "<p>write (mailto:team@x.example)</p>"),
        ("[a](/relative)", "<p>a (/relative)</p>"),
        ("[a]()", "<p>a</p>"),
        ("[](x:y)", "<p>x:y</p>"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("[a](<javascript:x>)", "<p>a (javascript:x)</p>"),
    ] {
        assert_eq!(markdown(source), html, "from {source:?}");
    }
}

#[test]
fn bare_addresses_become_links_in_the_usual_markup() {
    assert_eq!(
        markdown("see https://x.example/a_b_c."),
        format!("<p>see {}.</p>", short_url("https://x.example/a_b_c", "https://", "x.example/a_b_c"))
    );
    assert_eq!(
        markdown("<https://x.example/a_b*c*>"),
        format!("<p>{}</p>", short_url("https://x.example/a_b*c*", "https://", "x.example/a_b*c*"))
    );
    assert_eq!(
        plain("http://www.Bücher.example"),
        format!("<p>{}</p>", short_url("http://www.xn--bcher-kva.example/", "http://www.", "Bücher.example"))
    );
    assert_eq!(
        markdown("https://www.x.example/a/very/long/path/that/goes/on?and=on&so=on"),
        "<p><a href=\"https://www.x.example/a/very/long/path/that/goes/on?and=on&amp;so=on\" rel=\"nofollow noopener\" translate=\"no\">\
         <span class=\"invisible\">https://www.</span><span class=\"ellipsis\">x.example/a/very/long/path/tha</span>\
         <span class=\"invisible\">t/goes/on?and=on&amp;so=on</span></a></p>"
    );
}

#[test]
fn an_address_ends_where_its_reader_would_say() {
    for (source, url) in [
        ("https://x.example", "https://x.example/"),
        ("(https://x.example/a)", "https://x.example/a"),
        ("(see https://x.example/a_(b)).", "https://x.example/a_(b)"),
        ("https://x.example/a, and", "https://x.example/a"),
        ("https://x.example/a?!", "https://x.example/a"),
        ("\"https://x.example/a\"", "https://x.example/a"),
        ("'https://x.example/a'", "https://x.example/a"),
        ("https://x.example/it's", "https://x.example/it's"),
        ("https://x.example's", "https://x.example/"),
        ("**https://x.example/a**", "https://x.example/a"),
        ("_https://x.example/a_", "https://x.example/a"),
        ("https://x.example/a_", "https://x.example/a_"),
        ("<https://x.example/a>", "https://x.example/a"),
        ("見てhttps://x.example/あ。次", "https://x.example/%E3%81%82"),
        ("HTTPS://X.example:8080/", "https://x.example:8080/"),
        ("http://localhost:3000/x", "http://localhost:3000/x"),
        ("https://x.example/@alice#tag", "https://x.example/@alice#tag"),
        ("https://x.example?q=[1]", "https://x.example/?q=[1]"),
        ("https://x.example/a]b", "https://x.example/a"),
        ("[x](https://x.example/a)", "https://x.example/a"),
    ] {
        assert_eq!(urls(source), [url], "from {source:?}");
    }
    for source in [
        "https://",
        "http://x",
        "xhttps://x.example",
        "ftp://x.example",
        "https://.",
        "https://x.example:99999/",
        "http://http://",
        "www.x.example",
    ] {
        assert_eq!(urls(source), Vec::<String>::new(), "from {source:?}");
    }
}

#[test]
fn underscores_and_asterisks_within_links_are_no_emphasis() {
    for (source, html) in [
        ("#snake_case_tag_ and _x", format!("<p>{} and _x</p>", tag("snake_case_tag_", "snake_case_tag_"))),
        ("@some_user_ and _x_", format!("<p>{} and <em>x</em></p>", mention("here.example", "some_user_"))),
        ("@_a_@x.example _b", format!("<p>{} _b</p>", mention("x.example", "_a_"))),
        ("*#snake_case*", format!("<p><em>{}</em></p>", tag("snake_case", "snake_case"))),
        ("**@alice**", format!("<p><strong>{}</strong></p>", mention("here.example", "alice"))),
        ("_@alice_", format!("<p><em>{}</em></p>", mention("here.example", "alice"))),
        ("_#tag_ #__x__", format!("<p><em>{}</em> {}</p>", tag("tag", "tag"), tag("__x__", "__x__"))),
        (
            "*https://x.example/a*b*c*",
            format!("<p><em>{}</em></p>", short_url("https://x.example/a*b*c", "https://", "x.example/a*b*c")),
        ),
        (
            "~~https://x.example/~a~~",
            format!("<p><del>{}</del></p>", short_url("https://x.example/~a", "https://", "x.example/~a")),
        ),
        (
            "https://x.example/?a=1&copy;=2",
            format!(
                "<p>{}</p>",
                short_url("https://x.example/?a=1&amp;copy;=2", "https://", "x.example/?a=1&amp;copy;=2")
            ),
        ),
    ] {
        assert_eq!(markdown(source), html, "from {source:?}");
    }
}

#[test]
fn mentions_are_found_where_people_mean_them() {
    for (source, found) in [
        ("@alice, @bob@Far.example: hi", vec!["@alice", "@bob@far.example"]),
        ("(@alice) \"@bob\"", vec!["@alice", "@bob"]),
        ("hi @alice.", vec!["@alice"]),
        ("@alice@far.example.", vec!["@alice@far.example"]),
        ("@alice@far.example:8443/x", vec!["@alice@far.example:8443"]),
        ("@alice@far.example: 5", vec!["@alice@far.example"]),
        ("@Alice @alice @ALICE@x.example @alice@X.example", vec!["@Alice", "@ALICE@x.example"]),
        ("@alice@bücher.example", vec!["@alice@xn--bcher-kva.example"]),
        ("@aliceさん", vec!["@alice"]),
        ("@jo.smith- and @a..b", vec!["@jo.smith", "@a..b"]),
        ("@alice/@bob", vec!["@alice"]),
        ("@alice@", vec!["@alice"]),
    ] {
        let mentions: Vec<String> = scan(source, Format::Plain).mentions.iter().map(Handle::to_string).collect();
        assert_eq!(mentions, found, "from {source:?}");
    }
    for source in [
        "mail@alice.example",
        "a/@alice",
        "x=@alice",
        "@",
        "@@alice",
        "@types/node",
        "@é",
        "\\@alice",
        "@alice@-.-x",
        "@alice@x..y",
    ] {
        assert_eq!(scan(source, Format::Plain).mentions, [], "from {source:?}");
    }
}

#[test]
fn hashtags_are_found_where_people_mean_them() {
    for (source, found) in [
        ("#One #two, (#three) “#four”\n#five", vec!["One", "two", "three", "four", "five"]),
        ("＃full #Café #cafe #CAFÉ", vec!["full", "Café"]),
        ("#", vec![]),
        ("#1 a#b https://x.example/#c &#35; /#d", vec![]),
    ] {
        let names: Vec<String> = scan(source, Format::Plain).hashtags.into_iter().map(|t| t.name).collect();
        assert_eq!(names, found, "from {source:?}");
    }
    assert_eq!(markdown("#Café"), format!("<p>{}</p>", tag("cafe", "Café")));
}

#[test]
fn nothing_is_found_in_code_or_in_the_text_of_links() {
    let source = "`@alice #a https://a.example` [@alice #b https://b.example](https://c.example)\n\n```\n@alice #d\n```\n\n    https://e.example\n\n![#f](https://f.example)";
    let found = scan(source, Format::Markdown);
    assert_eq!((found.mentions, found.hashtags), (vec![], vec![]));
    assert_eq!(found.urls, ["https://c.example/", "https://f.example/"]);
    assert!(markdown(source).contains("<code>@alice #a https://a.example</code>"));
}

#[test]
fn a_backslash_keeps_a_mark_from_being_a_link() {
    assert_eq!(markdown("\\#tag \\@alice"), "<p>#tag @alice</p>");
    assert_eq!(markdown("`\\#tag \\@alice`"), "<p><code>\\#tag \\@alice</code></p>");
    assert_eq!(markdown("\\\\ #tag"), format!("<p>\\ {}</p>", tag("tag", "tag")));
}

#[test]
fn unknown_people_stay_text() {
    assert_eq!(
        markdown("@nobody_ and @bob@x.example").replace("@bob@x.example", "B"),
        format!("<p>{} and B</p>", mention("here.example", "nobody_"))
    );
    assert_eq!(scan("@bob@x.example", Format::Markdown).mentions.len(), 1);
}

#[test]
fn what_links_answer_is_escaped() {
    struct Evil;
    impl Links for Evil {
        fn mention(&self, _: &Handle) -> Option<MentionLink> {
            Some(MentionLink { url: "\"><script>".to_owned(), username: "<b>".to_owned() })
        }
        fn hashtag(&self, _: &str, _: &str) -> String {
            "\" onclick=\"".to_owned()
        }
    }
    let html = render("@a #b", Format::Plain, &Evil);
    assert!(
        html.contains("&quot;&gt;&lt;script&gt;")
            && html.contains("&lt;b&gt;")
            && html.contains("&quot; onclick=&quot;"),
        "{html}"
    );
}

#[test]
fn length_counts_as_mastodon_does() {
    for (source, expected) in [
        ("", 0),
        ("héllo", 5),
        ("a\r\nb", 3),
        ("https://x.example", 23),
        ("see https://x.example/a/very/long/path/indeed/it/is, ok", 4 + 23 + 4),
        ("@alice@a.very.long.domain.example hi", 6 + 3),
        ("@alice hi", 9),
        ("#tag", 4),
        ("[a](https://x.example)", 4 + 23 + 1),
    ] {
        assert_eq!(length(source), expected, "of {source:?}");
    }
}

#[test]
fn s24_hostile_sources_do_not_take_long() {
    let n = 5_000;
    let cases = [
        "[".repeat(n),
        "*".repeat(n),
        "_".repeat(n),
        "`".repeat(n),
        ">".repeat(n),
        "> ".repeat(n),
        "- ".repeat(n),
        "1. ".repeat(n),
        "![".repeat(n),
        "[a](".repeat(n),
        "[a](b".repeat(n),
        "<".repeat(n),
        "<http://".repeat(n),
        "~~a".repeat(n),
        "*a **b _c ".repeat(n),
        "a**b".repeat(n),
        "\\".repeat(n),
        "\\#".repeat(n),
        "&".repeat(n),
        "#".repeat(n * 4),
        "#a".repeat(n * 4),
        "#a ".repeat(n * 4),
        "#a·".repeat(n),
        "@".repeat(n * 4),
        "@a".repeat(n * 4),
        "@a....".repeat(n),
        "@a@a.b:".repeat(n),
        "http://".repeat(n),
        "http://a.b/(".repeat(n),
        "http://a.b:x".repeat(n),
        "h".repeat(n * 4),
        (0..n / 10).map(|i| format!("{} a\n", "`".repeat(i % 200))).collect(),
        (0..200).map(|i| format!("{}- a\n", "  ".repeat(i))).collect(),
        format!("{}\n{}", ">".repeat(n), "a\n".repeat(n)),
        "[a]: b\n".repeat(n),
        "[a][a]".repeat(n),
        "|a|\n|-|\n".repeat(n),
        "a\n===\n".repeat(n),
        "(<".repeat(n),
        "](<".repeat(n),
    ];
    for source in cases {
        for format in [Format::Markdown, Format::Plain] {
            let began = Instant::now();
            let html = render(&source, format, &Town);
            let _ = (length(&source), scan(&source, format));
            let took = began.elapsed();
            assert!(took < Duration::from_secs(3), "{took:?} for {format:?} {:?}", &source[..8]);
            assert!(html.len() < source.len() * 60 + 100);
        }
    }
}

/// What the sanitiser is meant to add to our own HTML, taken away again, and what it may drop, dropped.
fn without_marks(html: &str) -> String {
    html.replace(" target=\"_blank\"", "")
        .replace(" class=\"u-url mention\" rel=\"nofollow noopener\"", " class=\"u-url mention\"")
        .replace(" rel=\"tag nofollow noopener\"", " rel=\"tag\"")
        .replace("<span class=\"\">", "<span>")
        .replace("<span class=\"invisible\"></span>", "")
}

/// Source put together from what means something, far likelier to find a hole than random characters.
fn shreds() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "@alice",
        "@some_user_",
        "@a@x.example",
        "#tag",
        "#snake_case_",
        "https://x.example/a_b",
        "https://x.example/(a)",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "`",
        "```",
        "\n",
        "\n\n",
        " ",
        "    ",
        "> ",
        "- ",
        "1. ",
        "# ",
        "[",
        "]",
        "(",
        ")",
        "](",
        "![",
        "<",
        ">",
        "<b>",
        "<https://",
        "&amp;",
        "&",
        "\\",
        "text",
        "javascript:x",
        "'",
        "\"",
        "é",
        "---",
        "===",
        "|",
        "\u{10FE2A}",
        "\u{0}",
        "\t",
        "\u{A0}",
        "[a](https://y.example)",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_text_that_stands_in_a_file_has_filled_lines_and_headings() {
    let html = render_document("# One\nfirst\nsecond  \nthird\n\n### Two\n- a\n  b", &Town);
    assert_eq!(html, "<h2>One</h2><p>first\nsecond<br>third</p><h4>Two</h4><ul><li>a\nb</li></ul>");
    assert_eq!(markdown("# One\na\nb"), "<p><strong>One</strong></p><p>a<br>b</p>");
}

proptest! {
    #![proptest_config(crate::campaign(400))]

    #[test]
    fn what_we_render_survives_the_sanitiser(source in shreds()) {
        for format in [Format::Markdown, Format::Plain] {
            let html = render(&source, format, &Town);
            prop_assert_eq!(without_marks(&sanitise(&html)), without_marks(&html), "from {:?}", source);
        }
    }

    #[test]
    fn plain_text_loses_no_word(source in shreds()) {
        let words = |text: &str| {
            text.split(|c: char| c.is_whitespace() || c.is_control() || c == '\u{10FE2A}').collect::<String>().replace("@x.example", "")
        };
        prop_assert_eq!(words(&to_text(&plain(&source))), words(&source));
    }

    #[test]
    fn scanning_finds_what_rendering_links(source in shreds()) {
        let found = scan(&source, Format::Markdown);
        let html = markdown(&source);
        prop_assert_eq!(!found.hashtags.is_empty(), html.contains("class=\"mention hashtag\""));
        prop_assert_eq!(!found.urls.is_empty(), html.contains("rel=\"nofollow noopener\""));
    }

    #[test]
    fn any_text_can_be_rendered(source in "\\PC{0,60}") {
        let html = markdown(&source);
        prop_assert_eq!(without_marks(&sanitise(&html)), without_marks(&html));
        let _ = length(&source);
    }
}
