"""What a cluster holds that can be imported: read-only, and of its ConfigMaps those alone that a Workspace names."""

from kaitogen.files.cluster import Cluster
from kaitogen.kaito.objects import value_at
from kaitogen.model import Document
from kaitogen.pipeline.load import Loaded


def objects_in(cluster: Cluster, namespace: str | None) -> Loaded:
    """The Workspaces of a namespace, or of all, and the ConfigMaps with their settings."""
    found = list(cluster.workspaces(namespace))
    named = {
        (one["metadata"]["namespace"], settings)
        for one in found
        for kind in ("inference", "tuning")
        if isinstance(settings := value_at(one, (kind, "config")), str) and settings
    }
    maps = [cluster.config_map(*where) for where in sorted(named)]
    file = f"cluster {cluster.name}"
    objects = [*found, *(one for one in maps if one is not None)]
    documents = [Document(file, number, one, inline=True) for number, one in enumerate(objects)]
    return Loaded(documents, [], [file])
