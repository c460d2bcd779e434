"""`kaitogen argocd ...`: from the name of a command to its module, each imported when it is called for."""

from generator.adapters.outcome import Outcome
from generator.adapters.table import Values


def run(name: str, values: Values) -> Outcome:
    """Run one of the plugin's commands."""
    if name == "argocd generate":
        from generator.adapters.argocd import generate

        return generate.run(values)
    if name == "argocd parameters":
        from generator.adapters.argocd import announce

        return announce.run(values)
    if name == "argocd install":
        from generator.adapters.argocd import install

        return install.run(values)
    from generator.adapters.argocd import doctor

    return doctor.run(values)
