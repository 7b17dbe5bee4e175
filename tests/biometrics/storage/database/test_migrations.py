"""The chain of migrations."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory

from biometrics.storage.database.migrate import MIGRATIONS, newest


def test_the_files_of_migrations_are_named_in_the_order_of_one_chain() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    chain = [script.revision for script in scripts.walk_revisions()][::-1]
    files = sorted(path.name.partition("_")[0] for path in Path(MIGRATIONS, "versions").glob("[0-9]*.py"))
    assert chain == files
    assert newest() == scripts.get_current_head()
