"""Run by a Python that has doccano: three people label four notes, each for themselves.

python benchmarks/exports/from_doccano.py NOTES.json ANSWERS.json FOLDER
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

NOTES, ANSWERS, FOLDER = map(Path, sys.argv[1:])
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings.development",
    "DATABASE_URL": f"sqlite:///{FOLDER / 'doccano.db'}",
}
backend = Path(find_spec("backend").submodule_search_locations[0])
sys.path.insert(0, str(backend))
import django  # noqa: E402

django.setup()
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
call_command("create_roles", verbosity=0)
from data_export.celery_tasks import export_dataset  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from examples.models import Comment, Example, ExampleState  # noqa: E402
from label_types.models import CategoryType  # noqa: E402
from labels.models import Category  # noqa: E402
from projects.models import Member, TextClassificationProject  # noqa: E402
from roles.models import Role  # noqa: E402

notes, answers = json.loads(NOTES.read_text("utf-8")), json.loads(ANSWERS.read_text("utf-8"))
names = list(dict.fromkeys(answer["who"] for answer in answers))
users = {name: get_user_model().objects.create_user(username=name, password="pw") for name in names}
project = TextClassificationProject.objects.create(
    name="notes", description="-", project_type="DocumentClassification", created_by=users[names[0]]
)
for name, user in users.items():
    role = Role.objects.get(name="project_admin" if name == names[0] else "annotator")
    Member.objects.get_or_create(project=project, user=user, defaults={"role": role})
labels = {text: CategoryType.objects.create(project=project, text=text) for text in ("Tid", "Vilja")}
examples = {
    note["note_id"]: Example.objects.create(project=project, text=note["text"], meta={}) for note in notes
}
for answer in answers:
    place = {"example": examples[answer["note"]]}
    user = users[answer["who"]]
    for text in answer["said"].get("themes", []):
        Category.objects.create(**place, user=user, label=labels[text])
    if "memo" in answer["said"]:
        Comment.objects.create(**place, user=user, text="\n".join(answer["said"]["memo"]))
    if not answer.get("skipped"):
        ExampleState.objects.create(**place, confirmed_by=user)
archive = export_dataset(project.id, "CSV")
shutil.unpack_archive(archive, FOLDER / "doccano")
Path(archive).unlink()
