"""``planfirst/site`` and ``planfirst/place``: what stands at a site, and the edit that puts something there."""

from __future__ import annotations

from planfirst.core.errors import BadRequest
from planfirst.lsp.ask import Ask
from planfirst.lsp.client import Client
from planfirst.lsp.convert import notice_of, site_of
from planfirst.lsp.messages import Placed, WireSite
from planfirst.lsp.session import Session
from planfirst.lsp.snapshot import snapshot
from planfirst.source.edits import between
from planfirst.source.placement import place_plan


def site(session: Session, ask: Ask) -> WireSite | None:
    """What stands there, with its known plan; None if there is nothing to work from."""
    document = session.document(ask.uri)
    found = snapshot(document).site(ask.first, ask.last, ask.rewrite) if document else None
    return site_of(found, session.known(found.task)) if found else None


def place(session: Session, client: Client, ask: Ask) -> Placed:
    """The edit that puts code or a plan at a site in the document as it is now.

    Raises:
        BadRequest: there is no such site, or nothing to put there.
    """
    before, found = session.find(ask)
    if ask.code is not None:
        from planfirst.source.place import place_code  # here, so that the server starts without it

        placement = place_code(before.text, found, ask.code, before.language, before.depth(session.folders))
    elif ask.plan is not None:
        placement = place_plan(before.text, found, ask.plan, before.language)
    else:
        raise BadRequest("request-malformed", problem="code or plan is missing")
    edits = placement.edits
    document = session.document(ask.uri)
    if ask.request is not None and edits and document is not None:  # the comment goes in, too
        before = snapshot(document)
        edits = between(before.text, placement.result)
    edit = client.edit(before, edits) if edits else None
    said = [notice_of(one, client.words) for one in (*placement.notices, placement.warning) if one]
    return Placed(edit=edit, notices=said, refused=client.words(placement.refused) if placement.refused else "")
