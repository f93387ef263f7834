"""`citywatch scan`: where sensitive and classified data lies, how it is graded, what is wrong."""

import typer

from soc_api.commands.scan import asking, scanning, showing, trying

app = typer.Typer(no_args_is_help=True, help="Scans for sensitive and classified data.")
for part in (scanning, asking, showing, trying):
    app.add_typer(part.app)
