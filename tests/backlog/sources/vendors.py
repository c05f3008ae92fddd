"""How each vendor pages, filters and says the end, as its documentation has it; two items a page, so that paging is tried.

``Log`` holds (number, opened, updated) and each vendor shows it in its own shape.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.support.vendor import Answer

PAGE = 2
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@dataclass
class Item:
    number: int
    opened: datetime
    updated: datetime
    title: str
    is_over: bool = False


@dataclass
class Log:
    items: list = field(default_factory=list)

    def add(self, count):
        for _ in range(count):
            number = len(self.items) + 1
            at = START + timedelta(hours=number)
            self.items.append(Item(number, at, at + timedelta(minutes=5), f"Checkout fails {number}"))
        return self

    def change(self, number, title, minutes=600):
        item = self.items[number - 1]
        item.title, item.updated, item.is_over = title, item.updated + timedelta(minutes=minutes), True

    def since(self, moment=None, by="updated"):
        found = [one for one in self.items if moment is None or getattr(one, by) >= moment]
        return sorted(found, key=lambda one: (getattr(one, by), one.number))


def z(moment, form="%Y-%m-%dT%H:%M:%SZ"):
    return moment.strftime(form)


def read(text):
    return datetime.fromisoformat(text) if text else None


def pagerduty(log):
    def show(one):
        return {
            "id": f"P{one.number}", "title": one.title, "status": "resolved" if one.is_over else "triggered",
            "urgency": "high", "created_at": z(one.opened), "updated_at": z(one.updated),
            "resolved_at": z(one.updated) if one.is_over else None, "priority": None, "service": {"summary": "checkout"},
            "assignments": [], "acknowledgements": [], "teams": [], "html_url": "https://acme.example/1",
        }  # fmt: skip

    def answer(asked):
        assert asked.headers["authorization"] == "Token token=s3cret-token"
        if asked.path == "/abilities":
            return Answer({"abilities": ["sso"]})
        offset, limit = int(asked.query.get("offset", 0)), PAGE
        if asked.path == "/incidents":
            found = log.since(read(asked.query.get("since")), by="opened")
            return Answer(
                {
                    "incidents": [show(one) for one in found[offset : offset + limit]],
                    "limit": limit,
                    "more": offset + limit < len(found),
                }
            )
        if asked.path == "/log_entries":
            found = log.since(read(asked.query.get("since")))
            entries = [{"incident": {"id": f"P{one.number}"}} for one in found]
            return Answer(
                {"log_entries": entries[offset : offset + limit], "limit": limit, "more": offset + limit < len(entries)}
            )
        number = int(asked.path.rpartition("/P")[2])
        return Answer({"incident": show(log.items[number - 1])})

    return answer


def opsgenie(log):
    def show(one):
        return {
            "id": f"a{one.number}", "message": one.title, "status": "closed" if one.is_over else "open", "acknowledged": False,
            "priority": "P2", "createdAt": z(one.opened), "updatedAt": z(one.updated), "tags": ["prod"],
            "details": {"service": "checkout"}, "report": {"closeTime": 60000} if one.is_over else {},
        }  # fmt: skip

    def answer(asked):
        assert asked.headers["authorization"] == "GenieKey s3cret-token"
        if asked.path == "/v2/account":
            return Answer({"data": {"name": "acme"}})
        if asked.path != "/v2/alerts":
            return Answer({"data": show(log.items[int(asked.path.rpartition("/a")[2]) - 1])})
        query, offset = asked.query.get("query", ""), int(asked.query.get("offset", 0))
        since = datetime.fromtimestamp(int(query.rpartition(" ")[2]) / 1000 + 0.001, UTC) if query else None
        found = log.since(since)
        following = f"http://{asked.headers['host']}/v2/alerts?offset={offset + PAGE}&query={query.replace(' ', '+')}"
        paging = {"next": following} if offset + PAGE < len(found) else {}
        return Answer({"data": [{"id": f"a{one.number}"} for one in found[offset : offset + PAGE]], "paging": paging})

    return answer


def jira(log):
    def answer(asked):
        assert asked.headers["authorization"] == "Bearer s3cret-token"
        if asked.path == "/rest/api/3/myself":
            return Answer({"displayName": "Ada", "timeZone": "Europe/Berlin"})
        jql = asked.query["jql"]
        assert jql.startswith("(issuetype = Incident)")
        since = None
        if "updated >=" in jql:
            text = jql.partition('updated >= "')[2].partition('"')[0]
            since = datetime.strptime(text, "%Y/%m/%d %H:%M").replace(tzinfo=UTC) - timedelta(hours=1)
        found, offset = log.since(since), int(asked.query.get("nextPageToken", "0"))
        issues = [
            {
                "id": str(one.number), "key": f"OPS-{one.number}",
                "fields": {
                    "summary": one.title, "created": z(one.opened, "%Y-%m-%dT%H:%M:%S.000+0000"),
                    "updated": z(one.updated, "%Y-%m-%dT%H:%M:%S.000+0000"),
                    "status": {"statusCategory": {"key": "done" if one.is_over else "new"}}, "priority": {"name": "High"},
                    "resolutiondate": z(one.updated) if one.is_over else None, "components": [{"name": "checkout"}],
                    "description": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "p99"}]}]},
                },
            }
            for one in found[offset : offset + PAGE]
        ]  # fmt: skip
        more = {"nextPageToken": str(offset + PAGE)} if offset + PAGE < len(found) else {}
        return Answer({"issues": issues, "isLast": not more, **more})

    return answer


def servicenow(log):
    def value(text):
        return {"display_value": text, "value": text}

    def answer(asked):
        query = asked.query.get("sysparm_query", "")
        since = read(query.partition(">=")[2].partition("^")[0].replace(" ", "T") + "+00:00") if ">=" in query else None
        found, offset = log.since(since), int(asked.query.get("sysparm_offset", 0))
        rows = [
            {
                "sys_id": value(f"s{one.number}"), "number": value(f"INC{one.number}"), "short_description": value(one.title),
                "state": {"display_value": "Resolved", "value": "6"} if one.is_over else {"display_value": "New", "value": "1"},
                "priority": {"display_value": "2 - High", "value": "2"}, "opened_at": value(z(one.opened, "%Y-%m-%d %H:%M:%S")),
                "resolved_at": value(z(one.updated, "%Y-%m-%d %H:%M:%S") if one.is_over else ""), "closed_at": value(""),
                "sys_updated_on": value(z(one.updated, "%Y-%m-%d %H:%M:%S")), "category": value("checkout"),
            }
            # Asked for 500, this instance gives two: rows that the account may not read are taken out after paging.
            for one in found[offset // 250 : offset // 250 + PAGE]
        ]  # fmt: skip
        return Answer({"result": rows}, headers={"X-Total-Count": str(250 * len(found))})

    return answer


def by_link(asked, path, found, show, extra=""):
    """Answer with a Link header, as GitHub does."""
    page = int(asked.query.get("page", 1))
    following = f"<http://{asked.headers['host']}{path}?page={page + 1}&since={asked.query.get('since', '')}>"
    more = page * PAGE < len(found)
    headers = {"Link": f'{following}; rel="next"{extra}'} if more else {}
    return Answer([show(one) for one in found[(page - 1) * PAGE : page * PAGE]], headers=headers)


def github(log):
    def show(one):
        return {
            "id": 9000 + one.number, "number": one.number, "title": one.title, "state": "closed" if one.is_over else "open",
            "created_at": z(one.opened), "updated_at": z(one.updated), "closed_at": z(one.updated) if one.is_over else None,
            "labels": [{"name": "service/checkout"}, {"name": "sev2"}], "assignees": [], "user": None, "body": None,
            **({"pull_request": {}} if one.number == 0 else {}),
        }  # fmt: skip

    def answer(asked):
        assert asked.headers["authorization"] == "Bearer s3cret-token"
        if asked.path == "/user":
            return Answer({"login": "ada"})
        if asked.path == "/repos/shop/web":
            return Answer({"full_name": "shop/web"})
        return by_link(asked, asked.path, log.since(read(asked.query.get("since"))), show)

    return answer


def gitlab(log):
    def answer(asked):
        assert asked.headers["private-token"] == "s3cret-token"
        if asked.path == "/api/v4/user":
            return Answer({"username": "ada"})
        assert asked.query["scope"] == "all"
        found, page = log.since(read(asked.query.get("updated_after"))), int(asked.query["page"])
        items = [
            {
                "id": 70 + one.number, "title": one.title, "state": "closed" if one.is_over else "opened", "severity": "HIGH",
                "created_at": z(one.opened), "updated_at": z(one.updated), "closed_at": z(one.updated) if one.is_over else None,
                "labels": ["service::checkout"], "assignees": [], "references": {"full": f"shop/web#{one.number}"},
            }
            for one in found[(page - 1) * PAGE : page * PAGE]
        ]  # fmt: skip
        return Answer(items, headers={"X-Next-Page": str(page + 1) if page * PAGE < len(found) else ""})

    return answer


def sentry(log):
    def show(one):
        return {
            "id": str(one.number), "title": one.title, "culprit": "cart/total", "level": "error", "priority": None,
            "status": "resolved" if one.is_over else "unresolved", "substatus": None, "project": {"slug": "checkout"},
            "firstSeen": z(one.opened), "lastSeen": z(one.updated), "count": "150", "assignedTo": None,
        }  # fmt: skip

    def answer(asked):
        if asked.path == "/api/0/organizations/acme/":
            return Answer({"name": "Acme"})
        query, page = asked.query.get("query", ""), int(asked.query.get("page", 1))
        found = log.since(read(query.partition("lastSeen:>")[2] or None))[::-1]
        results = "true" if page * PAGE < len(found) else "false"
        link = f'<http://{asked.headers["host"]}{asked.path}?page={page + 1}&query={query.replace("+", "%2B")}>; rel="next"; results="{results}"'
        return Answer([show(one) for one in found[(page - 1) * PAGE : page * PAGE]], headers={"Link": link})

    return answer


def datadog(log):
    def answer(asked):
        assert asked.headers["dd-api-key"] == "s3cret-token"
        if asked.path == "/api/v1/validate":
            return Answer({"valid": True})
        found, offset = log.since(), int(asked.query["page[offset]"])
        size = int(asked.query["page[size]"])
        data = [
            {
                "id": f"d{one.number}",
                "attributes": {
                    "title": one.title, "severity": "SEV-2", "state": "resolved" if one.is_over else "active",
                    "created": z(one.opened), "detected": z(one.opened), "modified": z(one.updated),
                    "resolved": z(one.updated) if one.is_over else None, "customer_impact_duration": 1500,
                    "fields": {"services": {"value": ["checkout"]}},
                },
            }
            for one in found[offset : offset + size]
        ]  # fmt: skip
        return Answer({"data": data, "meta": {"pagination": {"offset": offset, "next_offset": offset + len(data)}}})

    return answer


def zendesk(log):
    def answer(asked):
        if asked.path == "/api/v2/users/me.json":
            return Answer({"user": {"name": "Ada"}})
        found, start = log.since(), int(asked.query.get("cursor", "0"))
        tickets = [
            {
                "id": one.number, "type": "incident", "subject": one.title, "priority": "high", "tags": ["checkout"],
                "status": "solved" if one.is_over else "open", "created_at": z(one.opened), "updated_at": z(one.updated),
                "custom_fields": [],
            }
            for one in found[max(0, start - 1) : start + PAGE]
        ]  # fmt: skip
        after = min(start + PAGE, len(found))
        return Answer({"tickets": tickets, "after_cursor": str(after), "end_of_stream": start + PAGE >= len(found)})

    return answer


def bugzilla(log):
    def answer(asked):
        assert asked.headers["x-bugzilla-api-key"] == "s3cret-token"
        if asked.path == "/rest/whoami":
            return Answer({"name": "ada@acme.example"})
        found, offset = log.since(read(asked.query["last_change_time"])), int(asked.query["offset"])
        bugs = [
            {
                "id": one.number, "summary": one.title, "product": "Shop", "component": "checkout", "severity": "critical",
                "status": "RESOLVED" if one.is_over else "NEW", "is_open": not one.is_over, "resolution": "FIXED" if one.is_over else "",
                "creation_time": z(one.opened), "last_change_time": z(one.updated),
            }
            for one in found[offset : offset + PAGE]
        ]  # fmt: skip
        return Answer({"bugs": bugs})

    return answer


def redmine(log):
    def answer(asked):
        if asked.path == "/users/current.json":
            return Answer({"user": {"login": "ada"}})
        assert asked.query["status_id"] == "*"
        found, offset = log.since(read(asked.query.get("updated_on", "")[2:])), int(asked.query["offset"])
        issues = [
            {
                "id": one.number, "subject": one.title, "project": {"name": "Shop"}, "category": {"name": "checkout"},
                "status": {"name": "Closed" if one.is_over else "New", "is_closed": one.is_over}, "priority": {"name": "Urgent"},
                "created_on": z(one.opened), "updated_on": z(one.updated), "closed_on": z(one.updated), "description": None,
            }
            for one in found[offset : offset + PAGE]
        ]  # fmt: skip
        return Answer({"issues": issues, "total_count": len(found), "offset": offset, "limit": PAGE})

    return answer


VENDORS = {
    "pagerduty": (pagerduty, {}), "opsgenie": (opsgenie, {}), "jira": (jira, {"jql": "issuetype = Incident"}),
    "servicenow": (servicenow, {}), "github": (github, {"repository": "shop/web"}),
    "gitlab": (gitlab, {"scope": "projects/1"}), "sentry": (sentry, {"organization": "acme"}), "datadog": (datadog, {}),
    "zendesk": (zendesk, {}), "bugzilla": (bugzilla, {}), "redmine": (redmine, {}),
}  # fmt: skip
