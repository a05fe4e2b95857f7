"""Run by a Python that has label-studio: three people annotate four notes, and the project goes out.

python benchmarks/exports/from_label_studio.py NOTES.json ANSWERS.json FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

NOTES, ANSWERS, FOLDER = map(Path, sys.argv[1:])
os.environ |= {
    "LABEL_STUDIO_BASE_DATA_DIR": str(FOLDER / "label-studio"),
    "DJANGO_DB": "sqlite",
    "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
    "SECRET_KEY": "for this one run",
    "LOG_LEVEL": "ERROR",
    "COLLECT_ANALYTICS": "0",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "0",
}
import label_studio  # noqa: E402

sys.path.insert(0, str(Path(label_studio.__file__).parent))
import django  # noqa: E402

django.setup()
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
from organizations.models import Organization  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402
from tasks.models import Task  # noqa: E402
from users.models import User  # noqa: E402

CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="valence" toName="text" choice="single"><Choice value="Hinder"/><Choice value="Möjlighet"/>
</Choices><Choices name="themes" toName="text" choice="multiple"><Choice value="Tid"/><Choice value="Vilja"/>
</Choices><Rating name="goal" toName="text" maxRating="5"/><TextArea name="memo" toName="text"/></View>"""
KINDS = {"valence": "choices", "themes": "choices", "goal": "rating", "memo": "text"}


def client(user):
    found = APIClient(HTTP_HOST="localhost")
    found.force_authenticate(user=user)
    return found


def sent(user, place, data):
    answer = client(user).post(place, data, format="json")
    if answer.status_code >= 300:
        msg = f"{place}: {answer.content[:500]!r}"
        raise SystemExit(msg)
    return answer.json()


def people(names):
    users = {name: User.objects.create(email=f"{name}@example.org", username=name) for name in names}
    organization = Organization.create_organization(created_by=users[names[0]], title="all")
    for user in users.values():
        if not organization.has_user(user):
            organization.add_user(user)
        user.active_organization = organization
        user.save()
    return users


def region(name, value):
    kind = KINDS[name]
    listed = value if isinstance(value, list) or kind == "rating" else [value]
    shown = "textarea" if kind == "text" else kind
    return {"from_name": name, "to_name": "text", "type": shown, "value": {kind: listed}}


notes, answers = json.loads(NOTES.read_text("utf-8")), json.loads(ANSWERS.read_text("utf-8"))
users = people(list(dict.fromkeys(answer["who"] for answer in answers)))
owner = next(iter(users.values()))
project = sent(owner, "/api/projects/", {"title": "notes", "label_config": CONFIG, "maximum_annotations": 3})
sent(owner, f"/api/projects/{project['id']}/import?commit_to_project=true", notes)
tasks = {task.data["note_id"]: task.id for task in Task.objects.filter(project=project["id"])}
for answer in answers:
    result = [region(name, value) for name, value in answer["said"].items()]
    data = {"result": result, "lead_time": 3.4, "was_cancelled": answer.get("skipped", False)}
    sent(users[answer["who"]], f"/api/tasks/{tasks[answer['note']]}/annotations/", data)
for kind in ("CSV", "TSV"):
    reply = client(owner).get(f"/api/projects/{project['id']}/export", {"exportType": kind})
    (FOLDER / f"label-studio.{kind.lower()}").write_bytes(b"".join(reply.streaming_content))
(FOLDER / "people.json").write_text(json.dumps({user.id: name for name, user in users.items()}), "utf-8")
