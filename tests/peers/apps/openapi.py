"""Calls everything that a node's own document of its API (`/api/openapi.json`) says can be called, with made-up values and with known
ids, well-formed and not: no answer may be a 500 or take too long, and each must be as the document says (schemathesis.io). A line of JSON
for each operation says how it went, as in the other programs here, except that all of them are tried before it ends.

NODE_ADDRESS: the node, without TLS. NODE_TOKEN: of an owner, for all scopes. NODE_EXAMPLES: for each operation. NODE_SEED: what is made
up depends on it alone.
"""

import json
import os
import random
import sys
import time
import warnings
from datetime import datetime, timedelta

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

ADDRESS, TOKEN = os.environ["NODE_ADDRESS"], os.environ["NODE_TOKEN"]
EXAMPLES, SEED = int(os.environ.get("NODE_EXAMPLES", "2")), int(os.environ.get("NODE_SEED", "1"))
PATIENCE = 10
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# These never end, and have tests of their own.
ENDLESS = "/api/v1/streaming"

warnings.simplefilter("ignore")
session = requests.Session()
session.headers["Authorization"] = f"Bearer {TOKEN}"


def call(method, path, **body):
    """Something that has to succeed."""
    answer = session.request(method, ADDRESS + path, json=body or None, timeout=PATIENCE)
    answer.raise_for_status()
    return answer.json()


def known_ids():
    """Ids of what is there, by where paths begin that name it; the longest beginning counts."""
    me = call("GET", "/api/v1/accounts/verify_credentials")["id"]
    other = call("GET", "/api/v1/accounts/lookup?acct=ben")["id"]
    post = call("POST", "/api/v1/statuses", status="A post about #tea", spoiler_text="tea")
    tomorrow = datetime.fromisoformat(post["created_at"].replace("Z", "+00:00")) + timedelta(days=1)
    post = post["id"]
    reply = call("POST", "/api/v1/statuses", status="An answer", in_reply_to_id=post, quoted_status_id=post)["id"]
    poll = call("POST", "/api/v1/statuses", status="?", poll={"options": ["a", "b"], "expires_in": 3600})["id"]
    call("PUT", f"/api/v1/statuses/{post}", status="Another about #tea")
    call("POST", "/api/v1/statuses", status="To @ben alone", visibility="direct")
    later = call("POST", "/api/v1/statuses", status="Later", scheduled_at=tomorrow.isoformat())["id"]
    some_list = call("POST", "/api/v1/lists", title="Some")["id"]
    filter = call("POST", "/api/v2/filters", title="x", context=["home"], keywords_attributes=[{"keyword": "coffee"}])
    caught = call("POST", f"/api/v2/filters/{filter['id']}/statuses", status_id=post)["id"]
    report = call("POST", "/api/v1/reports", account_id=other, comment="Only a test")["id"]
    featured = call("POST", "/api/v1/featured_tags", name="tea")["id"]
    return {
        "/api/v1/accounts": [me, other],
        "/api/v1/admin/accounts": [other],
        "/api/v1/admin/reports": [report],
        "/api/v1/featured_tags": [featured],
        "/api/v1/filters": [filter["keywords"][0]["id"]],
        "/api/v1/lists": [some_list],
        "/api/v1/polls": [poll],
        "/api/v1/scheduled_statuses": [later],
        "/api/v1/statuses": [post, reply, poll],
        "/api/v1/timelines/list": [some_list],
        "/api/v2/filters": [filter["id"]],
        "/api/v2/filters/keywords": [filter["keywords"][0]["id"]],
        "/api/v2/filters/statuses": [caught],
        "/api/v1_alpha/async_refreshes": [post],
    }


def try_out(operation, known, chance):
    """All examples of an operation; answers what was wrong with any."""
    wrong = []
    beginnings = sorted((start for start in known if operation.path.startswith(start + "/")), key=len)
    ids = known[beginnings[-1]] if beginnings else []

    def one(case):
        parameters = case.path_parameters
        if parameters and "id" in parameters and ids and chance.random() < 0.7:
            parameters["id"] = chance.choice(ids)
        began = time.monotonic()
        try:
            answer = case.call(base_url=ADDRESS, session=session, timeout=PATIENCE)
            if time.monotonic() - began > PATIENCE:
                wrong.append(f"it took {time.monotonic() - began} s: {case.as_curl_command()}")
            case.validate_response(answer, checks=CHECKS)
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")

    run = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    seeded(SEED)(run(given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))(one)))()
    # What takes nothing cannot be called wrongly, nor what takes any text.
    if operation.query or operation.body:
        try:
            seeded(SEED)(run(given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))(one)))()
        except Unsatisfiable:
            pass
    return wrong


def main():
    schema = schemathesis.openapi.from_url(ADDRESS + "/api/openapi.json", timeout=PATIENCE)
    known, chance = known_ids(), random.Random(SEED)
    operations = [result.ok() for result in schema.get_all_operations()]
    # What deletes comes last.
    operations.sort(key=lambda o: (o.method == "delete", o.path, o.method))
    failed = []
    for operation in operations:
        if operation.path.startswith(ENDLESS) and operation.path != ENDLESS + "/health":
            continue
        wrong = try_out(operation, known, chance)
        if wrong:
            failed.append(f"{operation.label}: {wrong[0]}")
        else:
            print(json.dumps({"ok": operation.label}), flush=True)
    if failed:
        print(json.dumps({"failed": f"{len(failed)} operations", "error": "\n\n".join(failed)}), flush=True)
        sys.exit(1)
    print(json.dumps({"done": True}), flush=True)


main()
