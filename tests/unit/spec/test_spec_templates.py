"""Templates render as Jinja2 renders them, within bounds."""

# ruff: noqa: E501 - a row is read as one line

from __future__ import annotations

import contextlib

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuild.spec.filter import FILTERS
from imagebuild.spec.limit import Budget, BudgetSpentError
from imagebuild.spec.template import Template, TemplateError

CONTEXT = {
    "a": 1, "b": 2.5, "s": "spring Day", "t": True, "n": None, "l": [3, 1, 2], "w": ["x", "Y", "z", "x"], "d": {"k": "v", "m": {"q": 7}}, "e": "",
    "lines": "one\ntwo\n\nthree",
}  # fmt: skip

SAME = """\
plain
{{ a }} {{b}} {{ s }}{{ t }}{{ n }}
{{ a + 2 * 3 - 4 / 5 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 8 }} {{ -a }} {{ +a }}
{{ s ~ a ~ t }} {{ s + 'x' }} {{ 'ab' * 3 }}
{{ d.k }} {{ d['k'] }} {{ d.m.q }} {{ l[0] }} {{ l[-1] }} {{ s[0] }} {{ s[1:3] }} {{ l[1:] | join }}
{% if a == 1 and not e %}yes{% elif t %}no{% else %}never{% endif %}
{% if a > 1 or s == 'x' %}yes{% elif b >= 2.5 %}mid{% endif %}
{{ 'in' if 1 in l else 'out' }} {{ 'x' not in w }} {{ 'pring' in s }} {{ 'k' in d }} {{ 1 < a < 3 }}
{% for x in l %}{{ loop.index }}/{{ loop.length }}:{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}
{% for x in l if x > 1 %}{{ loop.index0 }}{{ x }}{% else %}none{% endfor %}
{% for x in [] %}{{ x }}{% else %}none{% endfor %}
{% for k, v in d.items() %}{{ k }};{% endfor %}{% for k in d %}{{ k }}{% endfor %}
{% for v in d.keys() %}{{ v }}{% endfor %}
{% for i in range(3) %}{% for j in range(i, 5, 2) %}{{ i }}{{ j }} {% endfor %}{% endfor %}
{% for x in w %}{{ loop.previtem if not loop.first }}{{ loop.nextitem if not loop.last }}{{ loop.revindex }}{{ loop.revindex0 }}{% endfor %}
{% set x = 5 %}{% for i in l %}{% set x = i %}{{ x }}{% endfor %}{{ x }}
{% set p, q = [1, 2] %}{{ p }}{{ q }}{% with z = 3 %}{{ z }}{% endwith %}
{% if t %}{% set x = 1 %}{% endif %}{{ x }}
{{ nope is defined }} {{ a is defined }} {{ nope | default('d') }} {{ e | default('d', true) }} {{ nope is undefined }}
{{ a is odd }} {{ a is even }} {{ 6 is divisibleby 3 }} {{ a is number }} {{ s is string }} {{ n is none }} {{ d is mapping }} {{ l is iterable }} {{ a is eq 1 }} {{ a is in l }} {{ a is gt 0 }} {{ t is true }}
{{ s | upper }} {{ s | lower }} {{ s | title }} {{ s | capitalize }} {{ ' x ' | trim }} {{ s | replace('spring', 'autumn') }} {{ 'aaa' | replace('a', 'b', 2) }}
{{ l | join('-') }} {{ w | join(', ') }} {{ l | length }} {{ s | count }} {{ l | first }} {{ l | last }} {{ l | sum }} {{ l | max }} {{ l | min }}
{{ l | sort | join }} {{ w | sort | join }} {{ w | sort(reverse=true) | join }} {{ w | unique | join }} {{ l | reverse | join }} {{ s | reverse }}
{{ -3 | abs }} {{ 2.567 | round(1) }} {{ 2.5 | round }} {{ 2.1 | round(0, 'ceil') }} {{ 2.9 | round(method='floor') }} {{ '3' | int + 1 }} {{ 'x' | int(9) }} {{ '2.5' | float }} {{ 3.7 | int }}
{{ lines | indent }}|{{ lines | indent(2, true) }}|{{ lines | indent(2, first=true, blank=true) }}
{{ 'x' | center(9) }}| {{ s | wordcount }} {{ 'one two three four' | truncate(9) }} {{ 'one two three four' | truncate(9, true, '…') }} {{ 'short' | truncate(4) }}
{{ a | string ~ 'x' }} {{ s | list | join('.') }} {% for k, v in d | items %}{{ k }}{% endfor %}
{{ 'a' if false }}|{{ "it's" }} {{ 'a\\nb' }} {{ '\\u00e9' }}
  {%- if t -%}  trimmed  {%- endif %} {# a comment #}x
{% raw %}{{ untouched }}{% endraw %} {{ '{{' }}
{{ (1, 2) | join }} {{ {'x': 1}.x }} {{ [[1, 2], [3]] | length }} {{ not t }} {{ t and s }} {{ e or 'other' }} {{ e and a }}
{% if t %}{{ s }}{% endif %}-{% if e %}{{ nope }}{% endif %}{% if a %}{% endif %}{% if l %}{{a}}, {% endif %}
{% if t %}{% if e %}x{% endif %}y{% endif %}{% if n %}{{ s }}{% else %}z{% endif %}
{{ 10 / 4 }} {{ 1e3 }} {{ 0.1 + 0.2 }} {{ 3 == 3.0 }} {{ 'a' < 'b' }} {{ 1_000 }}
{{- s -}}
""".splitlines()


@pytest.mark.parametrize("source", [*SAME, "\n".join(SAME[:9]), "two\nlines {{ a }}\n\n"])
def test_a_template_renders_as_jinja2_renders_it(source) -> None:
    expected = jinja2.Environment(keep_trailing_newline=True, undefined=jinja2.StrictUndefined).from_string(source)
    assert Template(source).render(CONTEXT) == expected.render(CONTEXT)


BAD = [
    ("{{ s.upper() }}", "this cannot be called"),
    ("{{ s.__class__ }}", "has no part '__class__'"),
    ("{{ ''.__class__.__mro__ }}", "has no part '__class__'"),
    ("{{ self }}", "unknown name 'self'"),
    ("{{ cycler('a') }}", "cannot be called"),
    ("{{ lipsum() }}", "cannot be called"),
    ("{{ range }}", "unknown name 'range'"),
    ("{{ d.items }}", "unknown key 'items'"),
    ("{{ d.pop('k') }}", "cannot be called"),
    ("{{ l }}", "a list cannot be printed"),
    ("{{ d }}", "a block of keys cannot be printed"),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "'macro' is not available"),
    ("{% call x() %}{% endcall %}", "'call' is not available"),
    ("{% include 'x' %}", "'include' is not available"),
    ("{% import 'x' as y %}", "'import' is not available"),
    ("{% from 'x' import y %}", "'import' is not available"),
    ("{% extends 'x' %}", "'extends' is not available"),
    ("{% block x %}{% endblock %}", "'block' is not available"),
    ("{% filter upper %}x{% endfilter %}", "'filter' is not available"),
    ("{% set x %}x{% endset %}", "'set' is not available"),
    ("{% do x %}", "'do' is not available"),
    ("{% for x in l recursive %}{{ loop(l) }}{% endfor %}", "'recursive' is not available"),
    ("{{ s | format(1) }}", "unknown filter 'format'"),
    ("{{ s | attr('x') }}", "unknown filter 'attr'"),
    ("{{ s is callable }}", "unknown test 'callable'"),
    ("{{ range(*l) }}", "cannot unpack"),
    ("{{ s | upper(1) }}", "does not take these arguments"),
    ("{{ s | join(**d) }}", "cannot unpack"),
    ("{{ 1 / 0 }}", "divides by zero"),
    ("{{ (-8) ** 0.5 }}", "negative number"),
    ("{{ 1 + 'a' }}", "needs a number"),
    ("{{ l == w }}", "cannot be compared"),
    ("{{ 1 < 'a' }}", "cannot be put in order"),
    ("{{ [1, 'a'] | sort }}", "cannot be put in order"),
    ("{{ l[0:2:0] }}", "step is not 0"),
    ("{{ l[9] }}", "there is no item 9"),
    ("{% for a, b in l %}{% endfor %}", "a loop goes over a list"),
    ("{% for x in 3 %}{% endfor %}", "a loop goes over a list"),
    ("{% if nope %}{% endif %}", "unknown name 'nope'"),
    ("{{ nope.x }}", "unknown name 'nope'"),
    ("{{ nope | upper }}", "unknown name 'nope'"),
    ("{{ [] | first }}", "the list is empty"),
    # growth
    ("{{ 'a' * 10 ** 9 }}", "grows beyond"),
    ("{{ 10 ** 9 * 'a' }}", "grows beyond"),
    ("{{ 'a' | center(10 ** 9) }}", "grows beyond"),
    ("{{ lines | indent(10 ** 9) }}", "grows beyond"),
    ("{{ 'aaaa' | replace('', 'b' * 60000) }}", "grows beyond"),
    ("{{ range(9999) | join('x' * 60000) }}", "grows beyond"),
    ("{{ s | truncate(3, true, 'x' * 70000) }}", "grows beyond"),
    ("{{ [1] * 10 ** 9 }}", "needs a number"),
    ("{{ '%1000000000d' % 1 }}", "needs a number"),
    ("{{ 10 ** 10 ** 10 }}", "grows too large"),
    ("{{ 9 ** 9 ** 9 ** 9 }}", "grows too large"),
    ("{{ 1e308 * 10 }}", "grows too large"),
    ("{{ 1e308 ** 2 }}", "grows too large"),
    ("{% set x = 'aaaaaaaa' %}" + "{% set x = x ~ x %}" * 40, "grows beyond"),
    ("{% set x = 'aaaaaaaa' %}" + "{% set x = x + x %}" * 40, "grows beyond"),
    ("{% set x = [1] %}" + "{% set x = x + x %}" * 40, "grows beyond"),
    ("{% set x = 2 %}" + "{% set x = x * x %}" * 40, "grows too large"),
    ("{% for i in range(10 ** 30) %}{% endfor %}", "more than 10000 numbers"),
    ("{% for i in range(999) %}{% for j in range(999) %}{% endfor %}{% endfor %}", "more than 10000 passes"),
    ("{% for i in range(9999) if i < 0 %}{% endfor %}{% for i in range(9) %}{% endfor %}", "more than 10000 passes"),
    ("{% for i in range(9999) %}xxxxxxxxxx{% endfor %}", "more than 65536 characters"),
    ("".join(f"{{% set a{i} = range(9999) %}}" for i in range(1500)), "more than 200000 steps"),
    ("".join(f"{{% set a{i} = 'a' * 60000 %}}" for i in range(1500)), "more than 200000 steps"),
    ("{% set a = [1] %}" + "{% set a = [a, a] %}" * 1000 + "{{ a == a }}", "cannot be compared"),
    ("{% set a = [1] %}" + "{% set a = [a, a] %}" * 1000 + "{{ a | join }}", "cannot be printed"),
    ("{{ " + "(" * 9000 + "1" + ")" * 9000 + " }}", "nested too deeply"),
    ("{{ 1" + " + 1" * 9000 + " }}", "nested too deeply"),
    ("{{ " + "-" * 20000 + "1 }}", "nested too deeply"),
    ("{% if 1 %}" * 3000 + "{% endif %}" * 3000, "nested too deeply"),
    ("{{ " + "9" * 10000 + " }}", "cannot be read"),
    ("x" * 65537, "too long"),
    ("{{ s ", "cannot be read"),
    ("{{ }}", "cannot be read"),
    ("{% if %}", "cannot be read"),
    ("{{ '\\x' }}", "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "message"), BAD, ids=[f"{index} {row[0][:30]}" for index, row in enumerate(BAD)])
def test_what_could_run_away_or_reach_out_is_an_error(source, message) -> None:
    with pytest.raises(TemplateError, match=message):
        Template(source).render(CONTEXT)


def test_a_long_chain_of_and_is_evaluated_once() -> None:
    assert Template("{{ " + " and ".join(["a"] * 60) + " }}").render({"a": 1}) == "1"


def test_all_templates_of_a_spec_share_a_budget() -> None:
    budget = Budget()
    template = Template("{% for i in range(9000) %}{% endfor %}")

    def render_often() -> None:
        for _ in range(1000):
            template.render({}, budget=budget)

    with pytest.raises(BudgetSpentError):
        render_often()


PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", " ", "\n", "a", "s", "l", "d", "nope", "|", ".", "[", "]", "(", ")", ",", "'", '"', "~", "+", "*", "**", "%",
     "//", "-", "1", "9999999", "0", "1e9", "for ", "x in ", "if ", "else", "endif", "endfor", "set ", "=", "==", "is ", "not ", "and ", "range", "loop", ":", "raw", "endraw",
     "{% for x in l %}", "{% endfor %}", "{{ s }}", *(f"|{name}" for name in FILTERS)]
)  # fmt: skip


SECTIONS = st.lists(
    st.sampled_from(
        ["{% if t %}", "{% if e %}", "{%if nope%}", "{% endif %}", "{%endif  %}", "{% else %}", "{{ s }}", "{{a}}", "{{ nope }}",
         "{{ l }}", "}}", "%}", "\n", "text", "{% if not t %}", "{% if true %}"]
    ),
    max_size=9,
).map("".join)  # fmt: skip


class Silent(jinja2.StrictUndefined):
    """A name that is not there, of which a condition may ask."""

    def __bool__(self) -> bool:
        return False


@settings(max_examples=500, deadline=None)
@given(SECTIONS, st.booleans())
def test_a_template_of_sections_says_what_jinja2_says_of_it(source, lenient) -> None:
    environment = jinja2.Environment(
        keep_trailing_newline=True, undefined=Silent if lenient else jinja2.StrictUndefined
    )
    try:
        expected = environment.from_string(source).render({**CONTEXT, "l": Unprintable([1])})
    except (jinja2.TemplateError, ValueError):
        with pytest.raises(TemplateError):
            Template(source).render(CONTEXT, lenient=lenient)
    else:
        assert Template(source).render(CONTEXT, lenient=lenient) == expected


class Unprintable(list[int]):
    """What our templates do not print."""

    def __str__(self) -> str:
        raise ValueError


def test_what_cannot_be_printed_is_told_with_its_line() -> None:
    source = "{% if t %}\n{{ s }}\n{% endif %}{% if e %}\n{{ nope }}{% endif %}\n{{ l }}"
    with pytest.raises(TemplateError, match="a list cannot be printed") as caught:
        Template(source).render(CONTEXT)
    assert (caught.value.line, caught.value.token) == (5, "l")


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(),
        st.lists(PIECES, max_size=25).map("".join),
        st.lists(PIECES, max_size=8).map(lambda parts: "{{ l" + "".join(parts) + "}}"),
    )
)
def test_any_text_renders_or_is_a_template_error(source) -> None:
    with contextlib.suppress(TemplateError):
        assert len(Template(source).render(CONTEXT)) <= 65536
