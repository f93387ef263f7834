"""The actions that a playbook may name: an explicit list, each with its effect and its inverse."""

from collections.abc import Mapping

from playbooks.action.action import Action
from playbooks.action.containing.block_address import BLOCK_ADDRESS
from playbooks.action.containing.openc2 import OPENC2, OPENC2_QUERY
from playbooks.action.containing.sinkhole_domain import SINKHOLE_DOMAIN
from playbooks.action.containing.ssh_command import SSH_COMMAND
from playbooks.action.enrich import ENRICH
from playbooks.action.manual_task import MANUAL_TASK
from playbooks.action.message import MAIL, WEBHOOK
from playbooks.action.notice import DRAFT_NOTICE
from playbooks.action.packet_slice import PACKET_SLICE
from playbooks.action.query import STORE_QUERY
from playbooks.action.raise_grade import RAISE_GRADE
from playbooks.action.rectification import OPEN_RECTIFICATION
from playbooks.action.suppress import SUPPRESS
from playbooks.action.value import SET_VALUE

ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        MANUAL_TASK,
        DRAFT_NOTICE,
        MAIL,
        WEBHOOK,
        STORE_QUERY,
        ENRICH,
        PACKET_SLICE,
        BLOCK_ADDRESS,
        SINKHOLE_DOMAIN,
        SUPPRESS,
        RAISE_GRADE,
        OPEN_RECTIFICATION,
        SET_VALUE,
        OPENC2,
        OPENC2_QUERY,
        SSH_COMMAND,
    )
}
