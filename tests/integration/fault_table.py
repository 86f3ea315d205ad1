"""The whole fault table. ``python tests/integration/fault_table.py`` writes it into the page about failures."""

from __future__ import annotations

from pathlib import Path

from fault_rows import table
from faults_of_answers import ANSWERS
from faults_of_calls import CALLS
from faults_of_refusals import REFUSALS
from faults_of_waiting import WAITING

__all__ = ["PAGE", "ROWS", "with_table"]

ROWS = (*REFUSALS, *CALLS, *ANSWERS, *WAITING)
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "failures.md"
BEGIN = "<!-- made by tests/integration/fault_table.py; change the rows there and run it -->\n"
END = "<!-- end of the fault table -->\n"


def with_table(text: str) -> str:
    """The page with the table as the rows have it."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(ROWS)}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), encoding="utf-8", newline="\n")
