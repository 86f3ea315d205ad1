"""A small spec of several files, and many ways in which it changes."""

from __future__ import annotations

from pathlib import Path

from imagebuild.testing import png

HEAD = """\
version: 1
vars: {brand: flat}
styles: {blog: {prompt: "{{ prompt }}, {{ brand }}", options: {quality: medium}}}
defaults: {options: {size: 4x4}}
include: [more/*.yaml]
"""
TARGETS = {
    "logo": "    prompt: a logo\n",
    "hero": '    style: [blog]\n    prompt: "Draw {{ season }}"\n    matrix: {season: [spring, autumn]}\n'
    "    inputs: [{target: logo}, ref.png]\n",
    "story": "    prompt: {file: prompts/story.md}\n    edits: [bluer, {prompt: {file: prompts/edit.md}}]\n",
    "long": "    prompt: |\n      several lines\n      hero: not a key\n    alt: >-\n      folded\n      text\n",
    "quoted": "    prompt: 'a quoted text\n\n      goes on'\n    output: \"img/{{ id }}.{{ ext }}\"\n",
    "flow": "    {prompt: a flow, tags: [a,\n b], options: {quality: high}}\n",
}
MORE = "targets:\n  moon:\n    prompt: the moon\n  star: {prompt: a star}\n"


def lay(root: Path) -> Path:
    """Put the project into a folder."""
    write(root, "imagebuild.yaml", text_of(TARGETS))
    write(root, "more/moon.yaml", MORE)
    write(root, "prompts/story.md", "once upon a time")
    write(root, "prompts/edit.md", "later")
    (root / "ref.png").write_bytes(png(2, 2))
    return root


def text_of(targets: dict[str, str], head: str = HEAD) -> str:
    return head + "targets:\n" + "".join(f"  {name}:\n{body}" for name, body in targets.items())


def write(root: Path, path: str, text: str) -> None:
    full = root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(text.encode())


CHANGES: dict[str, dict[str, str | None]] = {
    "a prompt": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: another logo\n"})},
    "a prompt with more lines": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: |\n      a\n      b\n"})},
    "a comment": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    # why\n    prompt: a logo\n"})},
    "a new target": {"imagebuild.yaml": text_of(TARGETS | {"sun": "    prompt: sun\n"})},
    "a target less": {"imagebuild.yaml": text_of({k: v for k, v in TARGETS.items() if k != "long"})},
    "a target that is named elsewhere less": {
        "imagebuild.yaml": text_of({k: v for k, v in TARGETS.items() if k != "logo"})
    },
    "another order": {"imagebuild.yaml": text_of(dict(reversed(TARGETS.items())))},
    "another name": {"imagebuild.yaml": text_of(TARGETS).replace("  flow:", "  river:")},
    "a name that is taken elsewhere": {"imagebuild.yaml": text_of(TARGETS | {"moon": "    prompt: moon\n"})},
    "a name that is taken in other letters": {"imagebuild.yaml": text_of(TARGETS | {"MOON": "    prompt: moon\n"})},
    "a name that is given twice": {"imagebuild.yaml": text_of(TARGETS) + "  logo:\n    prompt: again\n"},
    "another matrix": {"imagebuild.yaml": text_of(TARGETS).replace("[spring, autumn]", "[spring, winter]")},
    "a misspelt key": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    promt: a logo\n"})},
    "a missing prompt": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    tags: [a]\n"})},
    "an unknown name": {"imagebuild.yaml": text_of(TARGETS | {"logo": '    prompt: "{{ nobody }}"\n'})},
    "an unknown target": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    inputs: [{target: x}]\n"})},
    "a file that is not there": {
        "imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    inputs: [x.png]\n"})
    },
    "another file taken in": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    inputs: [ref.png]\n"})},
    "an output that is taken": {
        "imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    output: 'img/quoted.{{ ext }}'\n"})
    },
    "an output below another": {
        "imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    output: 'img/quoted.png/x.{{ ext }}'\n"})
    },
    "an output that is read": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    output: ref.png\n"})},
    "an output without an ending": {
        "imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    output: 'a/../b.png'\n"})
    },
    "an anchor": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: &p a logo\n    alt: *p\n"})},
    "an alias to nothing": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: *p\n"})},
    "a tag": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: !!str 12\n"})},
    "a tab": {"imagebuild.yaml": text_of(TARGETS | {"logo": "\tprompt: a\n"})},
    "another document": {"imagebuild.yaml": text_of(TARGETS) + "---\nversion: 1\n"},
    "a text that is not closed": {"imagebuild.yaml": text_of(TARGETS | {"logo": '    prompt: "a logo\n'})},
    "a list that is not closed": {"imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    tags: [a\n"})},
    "a text that looks like targets": {
        "imagebuild.yaml": text_of(TARGETS | {"logo": '    prompt: "a\n  fake: b\n  other: c"\n'})
    },
    "a list that looks like targets": {
        "imagebuild.yaml": text_of(TARGETS | {"logo": "    prompt: a\n    tags: [a,\n  b: c,\n  d]\n"})
    },
    "windows line ends": {"imagebuild.yaml": text_of(TARGETS).replace("\n", "\r\n")},
    "a byte order mark": {"imagebuild.yaml": "\ufeff" + text_of(TARGETS)},
    "a rare line end": {"imagebuild.yaml": text_of(TARGETS | {"logo": '    prompt: "a\u2028  fake: b"\n'})},
    "a control character": {"imagebuild.yaml": text_of(TARGETS | {"logo": '    prompt: "a\x07"\n'})},
    "a secret": {"imagebuild.yaml": text_of(TARGETS | {"logo": f"    prompt: sk-proj-{'a1B2' * 12}\n"})},
    "the head": {"imagebuild.yaml": text_of(TARGETS, HEAD.replace("flat", "round"))},
    "a line above": {"imagebuild.yaml": "# first\n" + text_of(TARGETS)},
    "a key below": {"imagebuild.yaml": text_of(TARGETS) + "budget: {max_cost: 2}\n"},
    "another indentation": {"imagebuild.yaml": text_of(TARGETS).replace("\n  ", "\n   ")},
    "no targets": {"imagebuild.yaml": HEAD},
    "nothing at all": {"imagebuild.yaml": ""},
    "no file": {"imagebuild.yaml": None},
    "a prompt file": {"prompts/story.md": "another story\nin two lines"},
    "a prompt file that is a template": {"prompts/story.md": "{{ brand }} {{ nobody }}"},
    "a prompt file less": {"prompts/story.md": None},
    "an include": {"more/moon.yaml": MORE.replace("the moon", "the new moon")},
    "an include more": {"more/sun.yaml": "targets: {sun: {prompt: sun}}\n"},
    "an include less": {"more/moon.yaml": None},
    "an include that is broken": {"more/moon.yaml": MORE + "  :\n"},
    "an input less": {"ref.png": None},
    "two files at once": {
        "prompts/edit.md": "much later",
        "more/moon.yaml": MORE.replace("a star", "two stars"),
        "imagebuild.yaml": text_of(TARGETS | {"flow": "    prompt: a river\n"}),
    },
}


def apply(root: Path, change: dict[str, str | None]) -> None:
    for path, text in change.items():
        if text is None:
            (root / path).unlink(missing_ok=True)
        else:
            write(root, path, text)


BODIES = (
    *TARGETS.values(),
    "    prompt: plain\n",
    '    prompt: "{{ brand }} {{ id }}"\n    output: "out/{{ id }}.{{ ext }}"\n',
    "    prompt: x\n    inputs: [{target: a}]\n",
    "    prompt: y\n    inputs: [ref.png]\n    steps: [resize: {width: 3}]\n",
    "    matrix: {n: [1, 2]}\n    prompt: many\n",
    "    from: [{target: b}]\n    steps: [resize: {width: 3}]\n",
    "    from: {tag: t}\n    steps: [grid]\n",
    "    prompt: tagged\n    tags: [t]\n",
    "    promt: wrong\n",
    "  \n",
)
NAMES = ("a", "b", "c", "A", "d-e", "'f'")
