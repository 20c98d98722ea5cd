"""What scripts that are built on Mastodon.py do, against a node: each step says how it went in a line of JSON, and the first that goes
wrong ends it. Two members, ann and ben, are there with the password of NODE_PASSWORD.

NODE_ORIGIN: the node. NODE_CA: who vouches for its certificate. NODE_OLGA: a token of olga, who owns the node, for everything.
"""

import base64
import html.parser
import io
import json
import os
import sys
import threading
import time
import traceback
from urllib.parse import urljoin

import requests
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError, StreamListener

ORIGIN, CA, PASSWORD = os.environ["NODE_ORIGIN"], os.environ["NODE_CA"], os.environ["NODE_PASSWORD"]
PIXELS = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4EaCBFTEMLQkAaplQAbIh774AAAAASUVORK5CYII="
)


def step(deed):
    """Runs a step at once; its name is that of the function."""
    try:
        result = deed()
    except Exception:
        print(json.dumps({"failed": deed.__name__, "error": traceback.format_exc()}), flush=True)
        sys.exit(1)
    print(json.dumps({"ok": deed.__name__}), flush=True)
    return result


class Forms(html.parser.HTMLParser):
    """The forms of a page, with their fields."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append({"action": attributes.get("action", ""), "fields": {}})
        if tag in ("input", "button") and attributes.get("name") and self.forms:
            self.forms[-1]["fields"].setdefault(attributes["name"], attributes.get("value", ""))


def submit(browser, page, has, values):
    """Fills in the form of a page that has a field, as a browser without JavaScript does."""
    parser = Forms()
    parser.feed(page.text)
    form = next(form for form in parser.forms if has in form["fields"])
    return browser.post(urljoin(page.url, form["action"] or page.url), data={**form["fields"], **values})


def session():
    http = requests.Session()
    http.verify = CA
    http.trust_env = False  # which has certificates of its own to trust
    return http


def signs_in(name):
    """The way of a person: the app leads them to the node, they sign in and say yes, and bring back a code."""
    scopes = ["read", "write", "follow", "push"]
    key, secret = Mastodon.create_app("Try it", scopes=scopes, api_base_url=ORIGIN, session=session())
    app = Mastodon(client_id=key, client_secret=secret, api_base_url=ORIGIN, session=session())
    browser = session()
    page = browser.get(app.auth_request_url(scopes=scopes))
    page = submit(browser, page, "password", {"login": f"{name}@example.org", "password": PASSWORD})
    page = submit(browser, page, "decision", {})
    code = page.text.split("<code")[1].split(">", 1)[1].split("<")[0].strip()
    app.log_in(code=code, scopes=scopes)
    return app


@step
def people():
    return signs_in("ann"), signs_in("ben")


ann, ben = people
olga = Mastodon(access_token=os.environ["NODE_OLGA"], api_base_url=ORIGIN, session=session())


@step
def knows_the_node():
    assert ann.instance_v1()["uri"], "v1"
    assert ann.instance_v2()["domain"], "v2"
    assert ann.account_verify_credentials()["acct"] == "ann"
    assert ann.app_verify_credentials()["name"] == "Try it"


@step
def follows():
    them = ann.account_lookup("ben")
    assert ann.account_follow(them)["following"]
    assert ben.account_follow(ben.account_lookup("ann"))["following"]
    assert ann.account_relationships(them)[0]["followed_by"]


@step
def posts_a_picture():
    media = ann.media_post(io.BytesIO(PIXELS), "image/png", description="Of one colour")
    status = ann.status_post("A picture #tryout", media_ids=[media], visibility="public")
    assert status["media_attachments"][0]["description"] == "Of one colour"
    return status


@step
def edits_and_keeps_the_history():
    edited = ann.status_update(posts_a_picture, status="A picture, edited #tryout", media_ids=[posts_a_picture["media_attachments"][0]])
    assert edited["edited_at"] and len(ann.status_history(posts_a_picture)) == 2
    assert ann.status_source(posts_a_picture)["text"] == "A picture, edited #tryout"


@step
def boosts_and_favourites():
    assert ben.status_reblog(posts_a_picture)["reblog"]["id"] == posts_a_picture["id"]
    assert ben.status_favourite(posts_a_picture)["favourited"]
    assert {n["type"] for n in ann.notifications()} >= {"favourite", "follow", "reblog"}
    assert len(ann.grouped_notifications()["notification_groups"]) >= 3


@step
def writes_a_thread():
    root = ann.status_post("One")
    reply = ben.status_reply(root, "Two")
    assert reply["content"].startswith("<p>") and ann.status_context(root)["descendants"][0]["id"] == reply["id"]


@step
def filters_on_the_server():
    made = ben.create_filter_v2("spoilers", ["home"], "warn", keywords_attributes=[{"keyword": "ending", "whole_word": True}])
    status = ann.status_post("I know the ending")
    assert ben.status(status)["filtered"][0]["keyword_matches"] == ["ending"]
    ben.delete_filter_v2(made)


@step
def keeps_lists():
    kept = ben.list_create("Colleagues")
    ben.list_accounts_add(kept, ben.account_lookup("ann"))
    status = ann.status_post("For the list")
    assert ben.timeline_list(kept)[0]["id"] == status["id"]
    ben.list_accounts_delete(kept, ben.account_lookup("ann"))
    ben.list_delete(kept)


@step
def searches():
    assert [a["acct"] for a in ben.search_v2("ann", result_type="accounts")["accounts"]] == ["ann"]
    assert ben.search_v2("tryout", result_type="hashtags")["hashtags"][0]["name"] == "tryout"
    found = []
    for _ in range(100):
        # A moment passes before a post is in the index.
        found = [s["id"] for s in ann.search_v2("edited", result_type="statuses")["statuses"]]
        if found:
            break
        time.sleep(0.1)
    assert found == [posts_a_picture["id"]]


@step
def schedules():
    from datetime import datetime, timedelta, timezone

    later = ann.status_post("Later", scheduled_at=datetime.now(timezone.utc) + timedelta(hours=1))
    assert ann.scheduled_statuses()[0]["id"] == later["id"]
    ann.scheduled_status_delete(later)
    assert ann.scheduled_statuses() == []


@step
def hears_what_happens():
    heard, done = [], threading.Event()

    class Listener(StreamListener):
        def on_update(self, status):
            heard.append(status["content"])
            done.set()

    stream = ben.stream_user(Listener(), run_async=True)
    assert ben.stream_healthy()
    for _ in range(40):
        ann.status_post("Can you hear me?")
        if done.wait(0.5):
            break
    stream.close()
    assert any("hear me" in text for text in heard), heard


@step
def pages_through_200_posts():
    ids = [ann.status_post(f"Number {n}", visibility="unlisted")["id"] for n in range(200)]
    down, page = [], ben.timeline_home(limit=40)
    while page:
        down += [s["id"] for s in page if s["id"] in ids]
        page = ben.fetch_next(page)
    assert down == ids[::-1], len(down)
    up, page = [], ben.timeline_home(limit=40, min_id=ids[0])
    while page:
        up += [s["id"] for s in reversed(page)]
        page = ben.fetch_previous(page)
    assert up == ids[1:], len(up)


@step
def moderates():
    report = ben.report(ann.me(), comment="Too many numbers")
    assert [r["id"] for r in olga.admin_reports()] == [report["id"]]
    assert olga.admin_report_assign(report["id"])["assigned_account"]["username"] == "olga"
    assert olga.admin_report_unassign(report["id"])["assigned_account"] is None
    assert olga.admin_report_resolve(report["id"])["action_taken"]
    assert olga.admin_report_resolve(report["id"])["action_taken"], "twice is once"
    assert not olga.admin_report_reopen(report["id"])["action_taken"]
    found = olga.admin_accounts_v2(origin="local", username="ann")
    assert [a["username"] for a in found] == ["ann"] and found[0]["email"].startswith("ann@")
    assert "olga" in [a["username"] for a in olga.admin_accounts_v2(permissions="staff")]
    assert "ann" in [a["username"] for a in olga.admin_accounts_v1()]
    whom = ben.me()["id"]
    olga.admin_account_moderate(whom, "silence", text="Be kind")
    assert olga.admin_account(whom)["silenced"]
    assert not olga.admin_account_unsilence(whom)["silenced"]
    olga.admin_account_moderate(whom)
    told = ben.notifications(types=["moderation_warning"])
    assert [n["moderation_warning"]["action"] for n in told] == ["none", "silence"], told
    try:
        ben.admin_reports()
        raise AssertionError("ben may not")
    except MastodonAPIError as error:
        assert error.args[1] == 403, error.args


@step
def keeps_others_out():
    block = olga.admin_create_domain_block("bad.example", "suspend", public_comment="Spam")
    assert olga.admin_domain_blocks(block["id"])["severity"] == "suspend"
    assert olga.admin_update_domain_block(block["id"], severity="silence")["severity"] == "silence"
    olga.admin_delete_domain_block(block["id"])
    assert olga.admin_domain_blocks() == []
    allow = olga.admin_create_domain_allow("good.example")
    assert olga.admin_domain_allow(allow)["domain"] == "good.example"
    olga.admin_delete_domain_allow(allow)
    assert olga.admin_domain_allows() == []
    mail = olga.admin_create_email_domain_block("trash.example")
    assert [b["domain"] for b in olga.admin_email_domain_blocks()] == ["trash.example"]
    assert olga.admin_email_domain_block(mail["id"])["domain"] == "trash.example"
    olga.admin_delete_email_domain_block(mail["id"])
    address = olga.admin_create_canonical_email_block(email="eve@example.org")
    assert olga.admin_test_canonical_email_block("e.v.e+x@example.org")[0]["id"] == address["id"]
    assert olga.admin_canonical_email_block(address["id"])["id"] == address["id"]
    olga.admin_delete_canonical_email_block(address["id"])
    assert olga.admin_canonical_email_blocks() == []
    network = olga.admin_create_ip_block("192.0.2.0/24", "sign_up_block", comment="Bots", expires_in=3600)
    assert olga.admin_update_ip_block(network["id"], severity="no_access")["severity"] == "no_access"
    assert olga.admin_ip_block(network["id"])["comment"] == "Bots"
    olga.admin_delete_ip_block(network["id"])
    assert olga.admin_ip_blocks() == []


@step
def counts_what_goes_on():
    from datetime import datetime, timedelta, timezone

    now = datetime.now(timezone.utc)
    since = now - timedelta(days=1)
    measures = olga.admin_measures(since, now, new_users=True, opened_reports=True, instance_accounts="far.example")
    assert {m["key"]: int(m["total"]) for m in measures} == {"new_users": 3, "opened_reports": 1, "instance_accounts": 0}
    dimensions = olga.admin_dimensions(since, now, languages=True, software_versions=True, space_usage=True)
    assert [d["key"] for d in dimensions] == ["languages", "software_versions", "space_usage"]
    assert olga.admin_retention(since, now, "day")
    olga.admin_trending_tags()
    assert olga.admin_trending_statuses() == [] and olga.admin_trending_links() == []


@step
def is_told_what_is_wrong():
    try:
        ann.status("1")
        raise AssertionError("there is no such post")
    except MastodonNotFoundError:
        pass
    try:
        ann.status_post("")
        raise AssertionError("that was empty")
    except MastodonAPIError as error:
        assert error.args[1] == 422, error.args


@step
def signs_out():
    ann.revoke_access_token()
    time.sleep(0)


print(json.dumps({"done": True}), flush=True)
