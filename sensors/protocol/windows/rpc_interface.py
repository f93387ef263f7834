"""Interfaces of DCE/RPC that say what is done to a Windows host, and their operations by number.

Names are those of Microsoft's open specifications, in the spelling that Zeek made usual.
"""

from typing import NamedTuple


class Interface(NamedTuple):
    """An interface: what it is called, and its operations."""

    name: str
    operations: dict[int, str]


def _listed(first: int, names: str) -> dict[int, str]:
    """Return names for the numbers from `first` on; - stands for one without a name."""
    return {number: name for number, name in enumerate(names.split(), start=first) if name != "-"}


_EFS = _listed(
    0,
    "EfsRpcOpenFileRaw EfsRpcReadFileRaw EfsRpcWriteFileRaw EfsRpcCloseRaw EfsRpcEncryptFileSrv "
    "EfsRpcDecryptFileSrv EfsRpcQueryUsersOnFile EfsRpcQueryRecoveryAgents "
    "EfsRpcRemoveUsersFromFile EfsRpcAddUsersToFile - - EfsRpcFileKeyInfo "
    "EfsRpcDuplicateEncryptionInfoFile - EfsRpcAddUsersToFileEx",
)

INTERFACES: dict[str, Interface] = {
    "e1af8308-5d1f-11c9-91a4-08002b14a0fa": Interface(
        "epmapper",
        _listed(
            0,
            "ept_insert ept_delete ept_lookup ept_map ept_lookup_handle_free ept_inq_object "
            "ept_mgmt_delete",
        ),
    ),
    "367abb81-9844-35f1-ad32-98f038001003": Interface(
        "svcctl",
        _listed(
            0,
            "CloseServiceHandle ControlService DeleteService LockServiceDatabase "
            "QueryServiceObjectSecurity SetServiceObjectSecurity QueryServiceStatus "
            "SetServiceStatus UnlockServiceDatabase NotifyBootConfigStatus - ChangeServiceConfigW "
            "CreateServiceW EnumDependentServicesW EnumServicesStatusW OpenSCManagerW OpenServiceW "
            "QueryServiceConfigW QueryServiceLockStatusW StartServiceW GetServiceDisplayNameW "
            "GetServiceKeyNameW - ChangeServiceConfigA CreateServiceA EnumDependentServicesA "
            "EnumServicesStatusA OpenSCManagerA OpenServiceA QueryServiceConfigA "
            "QueryServiceLockStatusA StartServiceA GetServiceDisplayNameA GetServiceKeyNameA - "
            "EnumServiceGroupW ChangeServiceConfig2A ChangeServiceConfig2W QueryServiceConfig2A "
            "QueryServiceConfig2W QueryServiceStatusEx EnumServicesStatusExA EnumServicesStatusExW "
            "- CreateServiceWOW64A CreateServiceWOW64W",
        ),
    ),
    "1ff70682-0a51-30e8-076d-740be8cee98b": Interface(
        "atsvc", _listed(0, "NetrJobAdd NetrJobDel NetrJobEnum NetrJobGetInfo")
    ),
    "86d35949-83c9-4044-b424-db363231fd0c": Interface(
        "ITaskSchedulerService",
        _listed(
            0,
            "SchRpcHighestVersion SchRpcRegisterTask SchRpcRetrieveTask SchRpcCreateFolder "
            "SchRpcSetSecurity SchRpcGetSecurity SchRpcEnumFolders SchRpcEnumTasks "
            "SchRpcEnumInstances SchRpcGetInstanceInfo SchRpcStopInstance SchRpcStop SchRpcRun "
            "SchRpcDelete SchRpcRename SchRpcScheduledRuntimes SchRpcGetLastRunInfo "
            "SchRpcGetTaskInfo SchRpcGetNumberOfMissedRuns SchRpcEnableTask",
        ),
    ),
    "12345778-1234-abcd-ef00-0123456789ac": Interface(
        "samr",
        _listed(
            0,
            "SamrConnect SamrCloseHandle SamrSetSecurityObject SamrQuerySecurityObject - "
            "SamrLookupDomainInSamServer SamrEnumerateDomainsInSamServer SamrOpenDomain "
            "SamrQueryInformationDomain SamrSetInformationDomain SamrCreateGroupInDomain "
            "SamrEnumerateGroupsInDomain SamrCreateUserInDomain SamrEnumerateUsersInDomain "
            "SamrCreateAliasInDomain SamrEnumerateAliasesInDomain SamrGetAliasMembership "
            "SamrLookupNamesInDomain SamrLookupIdsInDomain SamrOpenGroup "
            "SamrQueryInformationGroup SamrSetInformationGroup SamrAddMemberToGroup "
            "SamrDeleteGroup SamrRemoveMemberFromGroup SamrGetMembersInGroup "
            "SamrSetMemberAttributesOfGroup SamrOpenAlias SamrQueryInformationAlias "
            "SamrSetInformationAlias SamrDeleteAlias SamrAddMemberToAlias "
            "SamrRemoveMemberFromAlias SamrGetMembersInAlias SamrOpenUser SamrDeleteUser "
            "SamrQueryInformationUser SamrSetInformationUser SamrChangePasswordUser "
            "SamrGetGroupsForUser SamrQueryDisplayInformation "
            "SamrGetDisplayEnumerationIndex - - SamrGetUserDomainPasswordInformation "
            "SamrRemoveMemberFromForeignDomain SamrQueryInformationDomain2 "
            "SamrQueryInformationUser2 SamrQueryDisplayInformation2 "
            "SamrGetDisplayEnumerationIndex2 SamrCreateUser2InDomain "
            "SamrQueryDisplayInformation3 SamrAddMultipleMembersToAlias "
            "SamrRemoveMultipleMembersFromAlias SamrOemChangePasswordUser2 "
            "SamrUnicodeChangePasswordUser2 SamrGetDomainPasswordInformation SamrConnect2 "
            "SamrSetInformationUser2 - - - SamrConnect4 - SamrConnect5 SamrRidToSid "
            "SamrSetDSRMPassword SamrValidatePassword",
        ),
    ),
    "12345778-1234-abcd-ef00-0123456789ab": Interface(
        "lsarpc",
        _listed(
            0,
            "LsarClose LsarDelete LsarEnumeratePrivileges LsarQuerySecurityObject "
            "LsarSetSecurityObject - LsarOpenPolicy LsarQueryInformationPolicy "
            "LsarSetInformationPolicy - LsarCreateAccount LsarEnumerateAccounts "
            "LsarCreateTrustedDomain LsarEnumerateTrustedDomains LsarLookupNames LsarLookupSids "
            "LsarCreateSecret LsarOpenAccount LsarEnumeratePrivilegesAccount "
            "LsarAddPrivilegesToAccount LsarRemovePrivilegesFromAccount - - "
            "LsarGetSystemAccessAccount LsarSetSystemAccessAccount LsarOpenTrustedDomain "
            "LsarQueryInfoTrustedDomain LsarSetInformationTrustedDomain LsarOpenSecret "
            "LsarSetSecret LsarQuerySecret LsarLookupPrivilegeValue LsarLookupPrivilegeName "
            "LsarLookupPrivilegeDisplayName LsarDeleteObject LsarEnumerateAccountsWithUserRight "
            "LsarEnumerateAccountRights LsarAddAccountRights LsarRemoveAccountRights "
            "LsarQueryTrustedDomainInfo LsarSetTrustedDomainInfo LsarDeleteTrustedDomain "
            "LsarStorePrivateData LsarRetrievePrivateData LsarOpenPolicy2 LsarGetUserName "
            "LsarQueryInformationPolicy2 LsarSetInformationPolicy2",
        )
        | {57: "LsarLookupSids2", 58: "LsarLookupNames2", 68: "LsarLookupNames3"}
        | {76: "LsarLookupSids3", 77: "LsarLookupNames4"},
    ),
    "e3514235-4b06-11d1-ab04-00c04fc2dcd2": Interface(
        "drsuapi",
        _listed(
            0,
            "DRSBind DRSUnbind DRSReplicaSync DRSGetNCChanges DRSUpdateRefs DRSReplicaAdd "
            "DRSReplicaDel DRSReplicaModify DRSVerifyNames DRSGetMemberships DRSInterDomainMove "
            "DRSGetNT4ChangeLog DRSCrackNames DRSWriteSPN DRSRemoveDsServer DRSRemoveDsDomain "
            "DRSDomainControllerInfo DRSAddEntry DRSExecuteKCC DRSGetReplInfo DRSAddSidHistory "
            "DRSGetMemberships2 DRSReplicaVerifyObjects DRSGetObjectExistence DRSQuerySitesByCost",
        ),
    ),
    "12345678-1234-abcd-ef00-01234567cffb": Interface(
        "netlogon",
        _listed(
            0,
            "NetrLogonUasLogon NetrLogonUasLogoff NetrLogonSamLogon NetrLogonSamLogoff "
            "NetrServerReqChallenge NetrServerAuthenticate NetrServerPasswordSet "
            "NetrDatabaseDeltas NetrDatabaseSync NetrAccountDeltas NetrAccountSync NetrGetDCName "
            "NetrLogonControl NetrGetAnyDCName NetrLogonControl2 NetrServerAuthenticate2 "
            "NetrDatabaseSync2 NetrDatabaseRedo NetrLogonControl2Ex NetrEnumerateTrustedDomains "
            "DsrGetDcName NetrLogonGetCapabilities NetrLogonSetServiceBits "
            "NetrLogonGetTrustRid NetrLogonComputeServerDigest NetrLogonComputeClientDigest "
            "NetrServerAuthenticate3 DsrGetDcNameEx DsrGetSiteName NetrLogonGetDomainInfo "
            "NetrServerPasswordSet2 NetrServerPasswordGet NetrLogonSendToSam "
            "DsrAddressToSiteNamesW DsrGetDcNameEx2 NetrLogonGetTimeServiceParentDomain "
            "NetrEnumerateTrustedDomainsEx DsrAddressToSiteNamesExW DsrGetDcSiteCoverageW "
            "NetrLogonSamLogonEx DsrEnumerateDomainTrusts DsrDeregisterDnsHostRecords "
            "NetrServerTrustPasswordsGet DsrGetForestTrustInformation "
            "NetrGetForestTrustInformation NetrLogonSamLogonWithFlags NetrServerGetTrustInfo",
        ),
    ),
    "12345678-1234-abcd-ef00-0123456789ab": Interface(
        "spoolss",
        _listed(
            0,
            "RpcEnumPrinters RpcOpenPrinter RpcSetJob RpcGetJob RpcEnumJobs RpcAddPrinter "
            "RpcDeletePrinter RpcSetPrinter RpcGetPrinter RpcAddPrinterDriver "
            "RpcEnumPrinterDrivers RpcGetPrinterDriver RpcGetPrinterDriverDirectory",
        )
        | {
            29: "RpcClosePrinter",
            65: "RpcRemoteFindFirstPrinterChangeNotificationEx",
            69: "RpcOpenPrinterEx",
            70: "RpcAddPrinterEx",
            89: "RpcAddPrinterDriverEx",
        },
    ),
    "76f03f96-cdfd-44fc-a22c-64950a001209": Interface(
        "IRemoteWinspool",
        {
            0: "RpcAsyncOpenPrinter",
            1: "RpcAsyncAddPrinter",
            20: "RpcAsyncClosePrinter",
            39: "RpcAsyncAddPrinterDriver",
            40: "RpcAsyncEnumPrinterDrivers",
        },
    ),
    "338cd001-2244-31f1-aaaa-900038001003": Interface(
        "winreg",
        _listed(
            0,
            "OpenClassesRoot OpenCurrentUser OpenLocalMachine OpenPerformanceData OpenUsers "
            "BaseRegCloseKey BaseRegCreateKey BaseRegDeleteKey BaseRegDeleteValue BaseRegEnumKey "
            "BaseRegEnumValue BaseRegFlushKey BaseRegGetKeySecurity BaseRegLoadKey - "
            "BaseRegOpenKey BaseRegQueryInfoKey BaseRegQueryValue BaseRegReplaceKey "
            "BaseRegRestoreKey BaseRegSaveKey BaseRegSetKeySecurity BaseRegSetValue "
            "BaseRegUnLoadKey - - BaseRegGetVersion OpenCurrentConfig - "
            "BaseRegQueryMultipleValues - BaseRegSaveKeyEx",
        ),
    ),
    "4b324fc8-1670-01d3-1278-5a47bf6ee188": Interface(
        "srvsvc",
        _listed(
            8,
            "NetrConnectionEnum NetrFileEnum NetrFileGetInfo NetrFileClose NetrSessionEnum "
            "NetrSessionDel NetrShareAdd NetrShareEnum NetrShareGetInfo NetrShareSetInfo "
            "NetrShareDel NetrShareDelSticky NetrShareCheck NetrServerGetInfo NetrServerSetInfo "
            "NetrServerDiskEnum NetrServerStatisticsGet NetrServerTransportAdd "
            "NetrServerTransportEnum NetrServerTransportDel NetrRemoteTOD - NetprPathType "
            "NetprPathCanonicalize NetprPathCompare NetprNameValidate NetprNameCanonicalize "
            "NetprNameCompare NetrShareEnumSticky",
        ),
    ),
    "6bffd098-a112-3610-9833-46c3f87e345a": Interface(
        "wkssvc",
        _listed(
            0,
            "NetrWkstaGetInfo NetrWkstaSetInfo NetrWkstaUserEnum - - NetrWkstaTransportEnum "
            "NetrWkstaTransportAdd NetrWkstaTransportDel NetrUseAdd NetrUseGetInfo NetrUseDel "
            "NetrUseEnum - NetrWorkstationStatisticsGet",
        )
        | {20: "NetrGetJoinInformation", 22: "NetrJoinDomain2", 23: "NetrUnjoinDomain2"}
        | {24: "NetrRenameMachineInDomain2"},
    ),
    "c681d488-d850-11d0-8c52-00c04fd90f7e": Interface("efsrpc", _EFS),
    "df1941c5-fe89-4e79-bf10-463657acf44d": Interface("efsrpc", _EFS),
    "4fc742e0-4a10-11cf-8273-00aa004ae673": Interface(
        "netdfs",
        {
            0: "NetrDfsManagerGetVersion", 1: "NetrDfsAdd", 2: "NetrDfsRemove",
            4: "NetrDfsGetInfo", 5: "NetrDfsEnum", 10: "NetrDfsAddFtRoot",
            12: "NetrDfsAddStdRoot", 13: "NetrDfsRemoveStdRoot", 21: "NetrDfsEnumEx",
        },
    ),
    "a8e0653c-2744-4389-a61d-7373df8b2292": Interface(
        "FileServerVssAgent",
        _listed(
            0,
            "GetSupportedVersion SetContext StartShadowCopySet AddToShadowCopySet "
            "CommitShadowCopySet ExposeShadowCopySet RecoveryCompleteShadowCopySet "
            "AbortShadowCopySet IsPathSupported IsPathShadowCopied GetShareMapping "
            "DeleteShareMapping PrepareShadowCopySet",
        ),
    ),
    "4d9f4ab8-7d1c-11cf-861e-0020af6e7c57": Interface("IActivation", {0: "RemoteActivation"}),
    "000001a0-0000-0000-c000-000000000046": Interface(
        "ISystemActivator", {3: "RemoteGetClassObject", 4: "RemoteCreateInstance"}
    ),
    "99fcfec4-5260-101b-bbcb-00aa0021347a": Interface(
        "IOXIDResolver",
        _listed(0, "ResolveOxid SimplePing ComplexPing ServerAlive ResolveOxid2 ServerAlive2"),
    ),
    "00000131-0000-0000-c000-000000000046": Interface(
        "IRemUnknown", {3: "RemQueryInterface", 4: "RemAddRef", 5: "RemRelease"}
    ),
    "00000143-0000-0000-c000-000000000046": Interface(
        "IRemUnknown2",
        {3: "RemQueryInterface", 4: "RemAddRef", 5: "RemRelease", 6: "RemQueryInterface2"},
    ),
    "f309ad18-d86a-11d0-a075-00c04fb68820": Interface(
        "IWbemLevel1Login", _listed(3, "EstablishPosition RequestChallenge WBEMLogin NTLMLogin")
    ),
    "9556dc99-828c-11cf-a37e-00aa003240c7": Interface(
        "IWbemServices",
        _listed(
            3,
            "OpenNamespace CancelAsyncCall QueryObjectSink GetObject GetObjectAsync PutClass "
            "PutClassAsync DeleteClass DeleteClassAsync CreateClassEnum CreateClassEnumAsync "
            "PutInstance PutInstanceAsync DeleteInstance DeleteInstanceAsync CreateInstanceEnum "
            "CreateInstanceEnumAsync ExecQuery ExecQueryAsync ExecNotificationQuery "
            "ExecNotificationQueryAsync ExecMethod ExecMethodAsync",
        ),
    ),
    "82273fdc-e32a-18c3-3f78-827929dc23ea": Interface(
        "eventlog",
        {0: "ElfrClearELFW", 1: "ElfrBackupELFW", 2: "ElfrCloseEL", 4: "ElfrNumberOfRecords"}
        | {7: "ElfrOpenELW", 10: "ElfrReadELW", 11: "ElfrReportEventW"},
    ),
    "f6beaff7-1e19-4fbb-9f8f-b89e2018337c": Interface(
        "eventlog6", {5: "EvtRpcRegisterLogQuery", 6: "EvtRpcClearLog", 7: "EvtRpcExportLog"}
    ),
    "894de0c0-0d55-11d3-a322-00c04fa321a1": Interface(
        "InitShutdown",
        _listed(0, "BaseInitiateShutdown BaseAbortShutdown BaseInitiateShutdownEx"),
    ),
    "91ae6020-9e3c-11cf-8d7c-00aa00c091be": Interface("ICertPassage", {0: "CertServerRequest"}),
    "50abc2a4-574d-40b3-9d66-ee4fd5fba076": Interface(
        "dnsserver",
        _listed(
            0,
            "DnssrvOperation DnssrvQuery DnssrvComplexOperation DnssrvEnumRecords "
            "DnssrvUpdateRecord DnssrvOperation2 DnssrvQuery2 DnssrvComplexOperation2 "
            "DnssrvEnumRecords2 DnssrvUpdateRecord2",
        ),
    ),
    "3dde7c30-165d-11d1-ab8f-00805f14db40": Interface("BackupKey", {0: "BackuprKey"}),
    "3919286a-b10c-11d0-9ba8-00c04fd92ef5": Interface(
        "dssetup", {0: "DsRolerGetPrimaryDomainInformation"}
    ),
    "8fb6d884-2388-11d0-8c35-00c04fda2795": Interface(
        "W32Time", {0: "W32TimeSync", 1: "W32TimeGetNetlogonServiceBits"}
    ),
    "f5cc5a18-4264-101a-8c59-08002b2f8426": Interface(
        "nspi",
        _listed(
            0,
            "NspiBind NspiUnbind NspiUpdateStat NspiQueryRows NspiSeekEntries NspiGetMatches "
            "NspiResortRestriction NspiDNToMId NspiGetPropList NspiGetProps NspiCompareMIds "
            "NspiModProps NspiGetSpecialTable NspiGetTemplateInfo NspiModLinkAtt - "
            "NspiQueryColumns - NspiGetNamesFromIDs NspiGetIDsFromNames NspiResolveNames",
        ),
    ),
    "a4f1db00-ca47-1067-b31f-00dd010662da": Interface(
        "exchange_mapi",
        _listed(
            0,
            "EcDoConnect EcDoDisconnect EcDoRpc EcGetMoreRpc EcRRegisterPushNotification "
            "EcRUnregisterPushNotification EcDummyRpc EcRGetDCName EcRNetGetDCName EcDoRpcExt "
            "EcDoConnectEx EcDoRpcExt2",
        ),
    ),
}  # fmt: skip
"""By identity of the interface, without its version."""
