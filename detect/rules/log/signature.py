"""Signatures of attacks on web servers, one row each.

Families and names follow ATT&CK and the OWASP Core Rule Set's classes; the patterns are our own.
Weights: 3 nobody sends this by honest means, 2 few do, 1 some do. Sources in `detection.md`, 1d:
(Z) Zeek's SQL pattern over addresses, (G) Sigma's rules for web servers, (W) Wazuh's web rules,
(T) Maltrail's scan paths and agents.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A class of attacks."""

    key: str
    zh: str
    en: str
    technique: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A pattern over one part of a request, in lower case.

    `part`: `target` (path and query, encodings undone), `raw` (as it was sent), `agent`,
    `referrer`. With `in_vain` only requests count that were refused (status 400 and up): honest
    users of such a page exist where it exists.
    """

    name: str
    family: str
    part: str
    pattern: str
    weight: int
    source: str
    in_vain: bool = False


FAMILIES = {
    family.key: family
    for family in (
        Family(key="sql", zh="SQL 注入", en="SQL injection", technique="T1190"),
        Family(key="script", zh="跨站脚本", en="cross-site scripting", technique="T1190"),
        Family(key="traversal", zh="目录穿越", en="path traversal", technique="T1190"),
        Family(key="command", zh="命令注入", en="command injection", technique="T1190"),
        Family(key="template", zh="表达式注入", en="expression injection", technique="T1190"),
        Family(key="lookup", zh="JNDI 查找", en="JNDI lookup", technique="T1190"),
        Family(key="exploit", zh="已知漏洞利用", en="known exploit", technique="T1190"),
        Family(key="shell", zh="网页后门", en="web shell", technique="T1505.003"),
        Family(key="secret", zh="敏感文件探测", en="sensitive files", technique="T1595.003"),
        Family(key="scanner", zh="扫描工具", en="scanning tools", technique="T1595.002"),
    )
}

_TOOLS = "wget|curl|nc|ncat|bash|sh|ping|nslookup|uname|whoami|id|cat|ls|powershell|certutil|type"

SIGNATURES = (
    Signature(
        name="union_select", family="sql", part="target", weight=3, source="Z",
        pattern=r"\bunion\s+(all\s+|distinct\s+)?select\b.{0,300}(,|\bfrom\b|\bnull\b|\()",
    ),
    Signature(
        name="always_true", family="sql", part="target", weight=2, source="Z",
        pattern=r"""['"]\s*\)*\s*(or|and|\|\||&&)\s+['"(]*[\w.]+['"]?\s*(=|<|>|\blike\b)""",
    ),
    Signature(
        name="always_true_number", family="sql", part="target", weight=2, source="Z",
        pattern=r"=-?\d+\)*\s+(or|and)\s+\(*\d+\s*(=|<|>)\s*\d+",
    ),
    Signature(
        name="waiting", family="sql", part="target", weight=3, source="W",
        pattern=r"\b(pg_sleep|sleep|benchmark)\s*\(\s*['\d]|\bwaitfor\s+delay\s+'",
    ),
    Signature(
        name="error_function", family="sql", part="target", weight=3, source="W",
        pattern=r"\b(extractvalue|updatexml|load_file|utl_http\.request|dbms_pipe\.\w+)\s*\(",
    ),
    Signature(
        name="schema", family="sql", part="target", weight=2, source="G",
        pattern=r"\binformation_schema\b|\bxp_cmdshell\b|\bsqlite_master\b|@@version\b",
    ),
    Signature(
        name="stacked", family="sql", part="target", weight=2, source="Z",
        pattern=r"['\d]\s*\)*;\s*(drop|insert|update|delete|exec|declare|shutdown|alter)\s+\w",
    ),
    Signature(
        name="cut_off", family="sql", part="target", weight=1, source="Z",
        pattern=r"""['"]\s*\)*\s*(--|#|;)\s*(-|$|&)|\border\s+by\s+\d+\s*(--|#)""",
    ),
    Signature(
        name="script_tag", family="script", part="target", weight=2, source="G",
        pattern=r"<\s*script[\s/>]|<\s*/\s*script\s*>",
    ),
    Signature(
        name="event_attribute", family="script", part="target", weight=2, source="G",
        pattern=r"<\w+[^>]{0,200}[\s/\"']on(error|load|click|focus|mouseover|toggle|start)\s*=",
    ),
    Signature(
        name="script_address", family="script", part="target", weight=1, source="G",
        pattern=r"javascript:\s*\w+\s*\(|\bdocument\s*\.\s*(cookie|domain)\b",
    ),
    Signature(
        name="climbing", family="traversal", part="target", weight=2, source="W",
        pattern=r"(^|[/\\=;:])\.{2,}[/\\]+(\.{2,}[/\\]+)",
    ),
    Signature(
        name="overlong", family="traversal", part="raw", weight=3, source="G",
        pattern=r"(\.\.|(%c0%ae|%e0%80%ae){2})(%c0%af|%e0%80%af|%c1%9c)"
        r"|(%c0%ae|%e0%80%ae){2}([/\\]|%2f|%5c)",
    ),
    Signature(
        name="system_file", family="traversal", part="target", weight=2, source="W",
        pattern=r"/etc/(passwd|shadow|group|hosts|crontab)\b|/proc/(self|\d+)/"
        r"|\b(boot|win|system)\.ini\b|[/\\]windows[/\\]system32\b|web-inf/(web\.xml|classes)",
    ),
    Signature(
        name="wrapper", family="traversal", part="target", weight=2, source="G",
        pattern=r"=\s*(php://(filter|input)|expect://|data://text|file:///|gopher://|dict://)",
    ),
    Signature(
        name="piped_tool", family="command", part="target", weight=2, source="G",
        pattern=rf"(;|\||&&|`|\$\(|\n)\s*({_TOOLS})(\s+[-/\w.'\"]|\s*$|\s*[;|`)])",
    ),
    Signature(
        name="fetch", family="command", part="target", weight=3, source="G",
        pattern=r"\b(wget|curl)(\s|\$\{?ifs\}?)+(-\S+(\s|\$\{?ifs\}?)+)*(https?|ftp)://",
    ),
    Signature(
        name="interpreter", family="command", part="target", weight=2, source="G",
        pattern=r"/bin/(ba|da|k|z)?sh\b|\bcmd(\.exe)?\s*/c\b|\$\{?ifs\}?"
        r"|\bpowershell(\.exe)?\s+-\w",
    ),
    *(
        Signature(
            name=f"shellshock_{part}", family="command", part=part, weight=3, source="W",
            pattern=r"\(\)\s*\{.{0,20}[:;]",
        )
        for part in ("target", "agent", "referrer")
    ),
    *(
        Signature(
            name=f"lookup_{part}", family="lookup", part=part, weight=3, source="G",
            pattern=r"\$\{\s*(jndi\s*:|(\$\{.{0,20}\})?[jndi]{0,3}\$\{)"
            r"|\$\{\s*(lower|upper|env|sys|main|date|::-)\s*:?.{0,30}\}.{0,80}(ldap|rmi|dns):",
        )
        for part in ("target", "agent", "referrer")
    ),
    Signature(
        name="arithmetic", family="template", part="target", weight=2, source="G",
        pattern=r"(\{\{|\$\{|#\{|<%=)\s*\d+\s*\*\s*\d+\s*(\}|%>)",
    ),
    Signature(
        name="object_graph", family="template", part="target", weight=3, source="G",
        pattern=r"__class__.{0,40}__(mro|base|subclasses|globals)"
        r"|@java\.lang\.|\bclass\.module\.classloader\b"
        r"|java\.lang\.(runtime|processbuilder)|#_memberaccess",
    ),
    Signature(
        name="php_call", family="exploit", part="target", weight=2, source="G",
        pattern=r"\b(eval|assert|system|passthru|shell_exec|base64_decode|phpinfo)\s*\(",
    ),
    Signature(
        name="php_setting", family="exploit", part="target", weight=3, source="G",
        pattern=r"\b(allow_url_include|auto_prepend_file)\s*=|-d\s*allow_url",
    ),
    Signature(
        name="known_path", family="exploit", part="target", weight=3, source="G",
        pattern=r"/phpunit/.{0,60}eval-stdin\.php|invokefunction&function=call_user_func"
        r"|/_ignition/execute-solution|/hnap1/?\b.{0,20}`|/cgi-bin/\.\.|/ws_utc/resources"
        r"|/wls-wsat/coordinatorporttype|/mgmt/tm/util/bash|/setup\.cgi\?.{0,60}syscmd",
    ),
    Signature(
        name="named_shell", family="shell", part="target", weight=2, source="W",
        pattern=r"/(cmd|shell|webshell|c99|r57|wso\d*|b374k|behinder|godzilla|antsword|tunnel)"
        r"\.(php\d?|jspx?|aspx?|ashx)\b",
    ),
    Signature(
        name="uploaded_program", family="shell", part="target", weight=2, source="G",
        pattern=r"^[^?]*/(uploads?|attachments?|images?|avatars?|tmp)/[^?]{0,200}"
        r"\.(php\d?|phtml|jspx?|aspx?|ashx)([?;/]|$)",
    ),
    Signature(
        name="version_control", family="secret", part="target", weight=2, source="T",
        pattern=r"/\.(git/(config|head|index)|svn/(entries|wc\.db)|hg/|env(\.\w+)?$|aws/|ssh/"
        r"|htpasswd|ds_store)",
    ),
    Signature(
        name="left_over", family="secret", part="target", weight=1, source="T", in_vain=True,
        pattern=r"^[^?]*(\.(bak|old|orig|swp|sql|sql\.gz|tar\.gz|rar|7z)|~)$"
        r"|/(backup|db|www|wwwroot|web|site)\.(zip|rar|tar\.gz|sql)",
    ),
    Signature(
        name="administration", family="secret", part="target", weight=1, source="T", in_vain=True,
        pattern=r"/(phpmyadmin|pma|adminer|manager/html|host-manager|jmx-console|jenkins|druid"
        r"|actuator/(env|heapdump|mappings|gateway)|jolokia|solr/admin|nacos|boaform|goform"
        r"|hnap1|owa|ecp|wp-login\.php|wp-admin|xmlrpc\.php|administrator|\.well-known/\.\.)\b",
    ),
    Signature(
        name="attack_tool", family="scanner", part="agent", weight=2, source="T",
        pattern=r"sqlmap|nikto|nuclei|acunetix|wpscan|dirbuster|gobuster|feroxbuster|ffuf|wfuzz"
        r"|hydra|openvas|nessus|whatweb|nmap scripting|netsparker|w3af|jaeles|\bxray\b|dirsearch"
        r"|havij|jorgee|zmeu|masscan",
    ),
    Signature(
        name="survey", family="scanner", part="agent", weight=1, source="T", in_vain=True,
        pattern=r"zgrab|censys|internet-?measurement|expanse|shodan|\bl9explore|\bleakix",
    ),
)  # fmt: skip
