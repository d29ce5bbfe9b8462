"""The page as a whole."""

from __future__ import annotations

from html import escape

from loop.figures.page.account import Account
from loop.figures.page.again import again_section, citation_section
from loop.figures.page.asked import asked_section, cost_section
from loop.figures.page.found import found_section, measured_section, next_section, summary
from loop.figures.page.markup import paragraph
from loop.figures.page.sheet import SHEET
from loop.figures.page.trust import confidence_section, refused_section


def report_page(account: Account) -> str:
    """Write the report: what was asked and found, at what cost, how sure it is, what was refused, how to replay it.

    Parameters
    ----------
    account
        What is reported.

    Returns
    -------
    str
        HTML that needs no other file, no network and no script. The same history gives the same text.
    """
    table = account.campaign.table
    body = "\n".join(
        [
            f"<header><h1>{escape(table.title)}</h1>",
            paragraph(f"Report of the campaign {account.campaign.name}, {_moment(account)}", "of"),
            paragraph(table.description) if table.description else "",
            "</header>",
            summary(account),
            found_section(account),
            confidence_section(account),
            asked_section(account),
            cost_section(account),
            refused_section(account),
            next_section(account),
            measured_section(account),
            again_section(account),
            citation_section(),
        ]
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(table.title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>\n{SHEET}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _moment(account: Account) -> str:
    sealed = str(account.facts.get("sealed", ""))
    return f"as sealed at {sealed[:16].replace('T', ' ')} UTC" if sealed else "before its first cycle"
