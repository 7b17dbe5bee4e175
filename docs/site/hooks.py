"""Pages of the documentation site that are made from the code, so that they cannot differ from it; see mkdocs.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import EnumType
from pathlib import Path
from typing import Any, Final

import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT: Final = Path(__file__).parents[2]
GUIDES: Final = ROOT / "api" / "web" / "guides" / "en"  # the pages show them, too
PICTURES: Final = ROOT / "api" / "web" / "static" / "pictures"
FROM_ROOT: Final = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
NO_PAGES: Final = (
    "SECURITY.md",
    "CODE_OF_CONDUCT.md",
    "docs/decisions/",
    "LICENSE",
)  # named, but not linked, on the site


def on_config(config: MkDocsConfig) -> None:
    """List the decisions in the navigation."""
    (explanation,) = (part["Explanation"] for part in config.nav or () if "Explanation" in part)
    (decisions,) = (part["Decisions"] for part in explanation if "Decisions" in part)
    decisions += [f"decisions/{path.name}" for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    pages = {name: _from_root((ROOT / source).read_text("utf-8")) for source, name in FROM_ROOT.items()}
    pages |= {
        "reference/commands.md": "\n".join(_commands()),
        "reference/settings.md": "\n".join(_settings()),
        "reference/errors.md": "\n".join(_errors()),
    }
    for path in GUIDES.glob("*.md"):
        pages[f"guides/{path.name}"] = path.read_text("utf-8").replace("../../static/pictures/", "")
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    for path in PICTURES.glob("*.webp"):
        files.append(File.generated(config, f"guides/{path.name}", content=path.read_bytes()))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Lead links to files of the root to their pages."""
    for source, name in FROM_ROOT.items():
        markdown = re.sub(rf"\]\((?:\.\./)+{re.escape(source)}", f"]({name}", markdown)
    return markdown


def _from_root(markdown: str) -> str:
    """Return a page of the root as one of docs/."""
    for target in NO_PAGES:
        markdown = re.sub(rf"\[([^\]]*)\]\({re.escape(target)}\)", r"\1", markdown)
    for source, name in FROM_ROOT.items():
        markdown = markdown.replace(f"]({source}", f"]({name}")
    return markdown.replace("](docs/", "](")


def _commands() -> Iterator[str]:
    from api.cli.app import app

    yield "# Commands\n"
    yield "Every command has `--help`. Options that can be repeated end in `...`.\n"
    root = typer.main.get_command(app)
    yield from _of_command(root, root.make_context("pehchan", [], resilient_parsing=True), 1)


def _of_command(command: Any, context: Any, level: int) -> Iterator[str]:
    if level > 1:
        yield f"{'#' * level} {context.command_path}\n"
    yield f"{_escaped(command.help or '')}\n"
    is_group = hasattr(command, "list_commands")
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [
        parameter for parameter in command.params if parameter.param_type_name == "option" and not parameter.hidden
    ]
    if not is_group:
        usage = " ".join(f"{{{argument.name}}}" + ("..." if argument.nargs < 0 else "") for argument in arguments)
        yield f"    {context.command_path} [OPTIONS] {usage}".rstrip() + "\n"
    rows = [
        (
            " ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts]),
            parameter.multiple,
            parameter.required,
            _help_of(parameter),
        )
        for parameter in options
        if "--help" not in parameter.opts
    ]
    if rows:
        yield "| option | |"
        yield "|---|---|"
        for names, is_repeated, is_required, text in rows:
            yield f"| {names}{' ...' if is_repeated else ''} | {text}{' **Required.**' if is_required else ''} |"
        yield ""
    if is_group:
        for name in command.list_commands(context):
            _, below, _ = command.resolve_command(context, [name])
            if not below.hidden:
                below_context = below.make_context(name, [], parent=context, resilient_parsing=True)
                yield from _of_command(below, below_context, level + 1)


def _help_of(option: Any) -> str:
    """Return an option's help, with the values that it takes."""
    annotation = option.type_descriptor.annotation
    choices = [member.value for member in annotation] if isinstance(annotation, EnumType) else []
    return _escaped(option.help or "") + (" " + ", ".join(f"`{choice}`" for choice in choices) if choices else "")


def _settings() -> Iterator[str]:
    from api.settings import Settings

    yield "# Settings\n"
    yield "Each is an environment variable, or a line of a file `.env` in the working directory.\n"
    yield "| variable | default | |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = field.get_default() if field.default_factory is None else ""
        text = ", ".join(sorted(map(str, default))) if isinstance(default, frozenset) else str(default)
        is_shown = isinstance(default, (bool, int, float, str, frozenset)) and text
        yield f"| `PEHCHAN_{name.upper()}` | {f'`{text}`' if is_shown else ''} | {_escaped(field.description or '')} |"


def _errors() -> Iterator[str]:
    from api.http.errors import codes_by_status

    yield "# Error codes\n"
    yield "Every error of the HTTP API is a problem by RFC 9457; its `code` is stable. [api.md](../api.md) says more.\n"
    yield "| status | codes |"
    yield "|---|---|"
    for status, codes in sorted(codes_by_status().items()):
        yield f"| {status} | {', '.join(f'`{code}`' for code in codes)} |"


def _escaped(text: str) -> str:
    """Return a text as one line that a table can hold."""
    return re.sub(r"([|<>*_])", r"\\\1", " ".join(text.split()))
