"""What an import makes of a Workspace or set: the intent, and the objects that it has to make again."""

from kaitogen.model import Json, Path, Spec, UserObject
from kaitogen.typed import Mapping, NamedTuple, TypeAlias
from kaitogen.yaml.comments import Comments

#: API group, kind, namespace and name.
Identity: TypeAlias = tuple[str, str, str, str]


class Intent(NamedTuple):
    """One intent by the name of its file, with its comments, and the objects that it has to make."""

    name: str
    value: Json
    spec: Spec
    comments: Mapping[Path, Comments]
    source: UserObject
    objects: Mapping[Identity, UserObject]
