"""The shapes in which Windows events travel as JSON become one: that of `winlog`.

Events come as the XML does (`Event` with `System` and `EventData`), nested or flat below
`winlog` as Winlogbeat sends them, or flat as NXLog sends them. What has no place in `winlog`
stays beside it under the name of the shape.
"""

from collections.abc import Mapping

from sensors.log.document.plan import Object

_ATTRIBUTES, _TEXT = "#attributes", "#text"
_NAME_AND_GUID = 2

_NXLOG: Mapping[str, tuple[str, ...]] = {
    "EventTime": ("time",),
    "Message": ("message",),
    "Channel": ("winlog", "channel"),
    "EventID": ("winlog", "event_id"),
    "SourceName": ("winlog", "provider_name"),
    "ProviderGuid": ("winlog", "provider_guid"),
    "RecordNumber": ("winlog", "record_id"),
    "Hostname": ("winlog", "computer_name"),
    "Version": ("winlog", "version"),
    "Task": ("winlog", "task"),
    "OpcodeValue": ("winlog", "opcode"),
    "Keywords": ("winlog", "keywords"),
    "ActivityID": ("winlog", "activity_id"),
    "UserID": ("winlog", "user", "identifier"),
    "ExecutionProcessID": ("winlog", "process", "pid"),
    "ExecutionThreadID": ("winlog", "process", "thread", "id"),
}
_NXLOG_OWN = frozenset(
    {
        "EventReceivedTime", "SourceModuleName", "SourceModuleType", "EventType", "Severity",
        "SeverityValue", "Category", "Opcode", "AccountName", "AccountType", "Domain",
    }
)  # fmt: skip
"""Members that NXLog adds; all others are the event's own data."""


_SYSTEM = frozenset(
    {
        "Provider", "EventID", "Version", "Level", "Task", "Opcode", "Keywords", "TimeCreated",
        "EventRecordID", "Correlation", "Execution", "Channel", "Computer", "Security",
    }
)  # fmt: skip
"""Elements of `System` that have a place in `winlog`."""
_EVENT = frozenset({_ATTRIBUTES, "System", "EventData", "UserData"})

_NONE: Object = {}


def is_windows(value: Object) -> bool:
    """Tell whether an object is a Windows event in one of the shapes."""
    event = value.get("Event")
    if isinstance(event, dict):
        return isinstance(event.get("System"), dict)
    if isinstance(value.get("winlog"), dict) or "winlog.event_id" in value:
        return True
    return "EventID" in value and ("Channel" in value or "SourceName" in value)


def shaped(value: Object) -> Object:
    """Return an object as `time`, `message` and `winlog`; one of no shape stays as it is."""
    event = value.get("Event")
    if isinstance(event, dict):
        system = event.get("System")
        return _from_xml(value, event, system) if isinstance(system, dict) else value
    if "winlog" in value or "winlog.event_id" in value:
        return _from_winlogbeat(value)
    return _from_nxlog(value) if "EventID" in value else value


def _from_xml(value: Object, event: Object, system: Object) -> Object:
    provider = _attributes(system.get("Provider"))
    winlog: Object = {
        "channel": system.get("Channel"),
        "event_id": system.get("EventID"),
        "provider_name": provider.get("Name"),
        "provider_guid": provider.get("Guid"),
        "record_id": system.get("EventRecordID"),
        "computer_name": system.get("Computer"),
        "level": system.get("Level"),
        "version": system.get("Version"),
        "task": system.get("Task"),
        "opcode": system.get("Opcode"),
        "keywords": system.get("Keywords"),
    }
    if "EventData" in event:
        winlog["event_data"] = event_data(event["EventData"])
    if "UserData" in event:
        winlog["user_data"] = _user_data(event["UserData"])
    _add_elements(winlog, system, provider)
    if len(value) > 1 or not (event.keys() <= _EVENT and system.keys() <= _SYSTEM):
        winlog["xml"] = _unplaced(value, event, system)
    time = _attributes(system.get("TimeCreated")).get("SystemTime", system.get("TimeCreated"))
    if None in winlog.values():
        winlog = {key: member for key, member in winlog.items() if member is not None}
    return {"time": time, "message": _message(event), "winlog": winlog}


def _message(event: Object) -> object:
    rendering = event.get("RenderingInfo")
    return rendering.get("Message") if isinstance(rendering, dict) else None


def _add_elements(winlog: Object, system: Object, provider: Object) -> None:
    """Add what not every event has, and whole elements that say more than usual."""
    event_id = winlog["event_id"]
    if isinstance(event_id, dict) and _TEXT in event_id:
        winlog["event_id"] = event_id[_TEXT]
        winlog["qualifiers"] = _attributes(event_id).get("Qualifiers")
    if len(provider) > _NAME_AND_GUID or not provider:
        winlog["provider"] = provider or system.get("Provider")
    execution = _attributes(system.get("Execution"))
    if execution:
        thread = {"id": execution.get("ThreadID")}
        winlog["process"] = {"pid": execution.get("ProcessID"), "thread": thread}
    correlation = _attributes(system.get("Correlation"))
    if correlation:
        winlog["activity_id"] = correlation.get("ActivityID")
        winlog["related_activity_id"] = correlation.get("RelatedActivityID")
    security = _attributes(system.get("Security"))
    if security:
        winlog["user"] = {"identifier": security.get("UserID")}


def _unplaced(value: Object, event: Object, system: Object) -> Object:
    found = {key: member for key, member in value.items() if key != "Event"}
    found.update({key: member for key, member in event.items() if key not in _EVENT})
    found.update({f"System.{key}": system[key] for key in system if key not in _SYSTEM})
    return found


def _attributes(element: object) -> Object:
    """Return the attributes of an element, whichever way they are written."""
    if not isinstance(element, dict):
        return _NONE
    attributes = element.get(_ATTRIBUTES)
    if isinstance(attributes, dict):
        return attributes
    return {key.removeprefix("@"): value for key, value in element.items()}


def event_data(data: object) -> object:
    """Return named values as an object; values without names as `Data`, in their order."""
    if not isinstance(data, dict):
        return data
    members = data.get("Data")
    if isinstance(members, dict) and set(members) == {_TEXT}:
        data["Data"] = members[_TEXT]
    if not isinstance(members, list) or not all(map(_is_named, members)):
        return data
    named = {member.get("@Name", member.get("Name")): member.get(_TEXT) for member in members}
    return {**named, **{key: value for key, value in data.items() if key != "Data"}}


def _is_named(member: object) -> bool:
    return isinstance(member, dict) and isinstance(member.get("@Name", member.get("Name")), str)


def _user_data(data: object) -> object:
    """Return the values within the one element that user data has, and the element's name."""
    if not isinstance(data, dict) or len(data) != 1:
        return data
    (name, inner), *_ = data.items()
    if not isinstance(inner, dict):
        return data
    return {"xml_name": name, **{key: inner[key] for key in inner if key != _ATTRIBUTES}}


def _from_winlogbeat(value: Object) -> Object:
    found: Object = {"time": value.pop("@timestamp", None), "message": value.pop("message", None)}
    winlog = value.pop("winlog", None)
    within: Object = winlog if isinstance(winlog, dict) else _given({"winlog": winlog})
    for key in [key for key in value if key.startswith("winlog.")]:
        _put(within, key.split(".")[1:], value.pop(key))
    return _given({**found, "winlog": within, "winlogbeat": value})


def _from_nxlog(value: Object) -> Object:
    found: Object = {"winlog": {}}
    for key, path in _NXLOG.items():
        if key in value:
            _put(found, path, value.pop(key))
    own = {key: value.pop(key) for key in list(value) if key in _NXLOG_OWN}
    _put(found, ("winlog", "event_data"), value)
    return _given({**found, "nxlog": own})


def _put(into: Object, path: tuple[str, ...] | list[str], value: object) -> None:
    for place, key in enumerate(path[:-1]):
        inner = into.setdefault(key, {})
        if not isinstance(inner, dict):
            into[".".join(path[place:])] = value
            return
        into = inner
    into[path[-1]] = value


def _given(members: Object) -> Object:
    """Leave out what is null or empty."""
    return {key: value for key, value in members.items() if value not in _NOTHINGS}


_NOTHINGS: tuple[object, ...] = (None, {})
