"""`kaitogen argocd ...`: from the name of a command to its module, each imported when it is called for."""

from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome


def run(name: str, values: Values) -> Outcome:
    """Run one of the plugin's commands."""
    if name == "argocd generate":
        from kaitogen.integrations.argocd import generate

        return generate.run(values)
    if name == "argocd parameters":
        from kaitogen.integrations.argocd import announce

        return announce.run(values)
    if name == "argocd install":
        from kaitogen.integrations.argocd import install

        return install.run(values)
    from kaitogen.integrations.argocd import doctor

    return doctor.run(values)
