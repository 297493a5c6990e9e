package io.apogeemq.config;

/**
 * Keys that only RocketMQ 5.x has, as {@code getBrokerConfig} and {@code getNamesrvConfig} of 5.5.0
 * list them. A file may give them without a warning each; rows of a table come first.
 */
final class NamesOf5x {

  /** Parted by blanks. */
  static final String ALL =
      """
      accessMessageInMemoryHotRatio accountStatsEnable accountStatsPrintZeroValues
      ackMessageThreadPoolNums ackThreadPoolQueueCapacity
      adminBrokerThreadPoolQueueCapacity allAckInSyncStateSet
      allowRecallWhenBrokerNotWriteable appendAckAsync appendCkAsync
      appendTopicForTimerDeleteKey asyncLearner asyncSendEnable
      autoMessageVersionOnTopicLen batchDispatchRequestThreadPoolNums
      bottomMostCompressionTypeForConsumeQueueStore broadcastOffsetExpireMaxSecond
      broadcastOffsetExpireSecond brokerElectionPriority brokerHeartbeatInterval
      brokerNotActiveTimeoutMillis cgColdReadThreshold channelExpiredTimeout
      checkCommitLogOffsetOnRecover checkSyncStateSetPeriod cleanOfflineBrokerInterval
      cleanRocksDBDirtyCQIntervalMin cleanSwapedMapInterval clearRetryTopicWhenDeleteTopic
      clientRequestThreadPoolNums clientRequestThreadPoolQueueCapacity clusterTest
      coldCtrStrategyEnable coldDataFlowControlEnable coldDataScanEnable
      combineAssignOffsetCQType combineCQEnableCheckSelf combineCQLoadingCQTypes
      combineCQMaxExtraSearchCommitLogFiles combineCQPreferCQType
      combineCQUseRocksdbForLmq commercialSizePerMsg commitLogForceSwapMapInterval
      commitLogRecoverMaxNum commitLogSwapMapInterval commitLogSwapMapReserveFileNum
      compactionCqMappedFileSize compactionMappedFileSize compactionScheduleInternal
      compactionThreadNum compatibleWithOldNameSrv configBlackList configManagerVersion
      configStorePath consumerOffsetUpdateVersionStep controllerAddr
      controllerHeartBeatTimeoutMills correctLogicMinOffsetForceInterval
      correctLogicMinOffsetSleepInterval dataReadAheadEnable defaultMessageRequestMode
      defaultPopShareQueueNum defaultThreadPoolNums defaultThreadPoolQueueCapacity
      delayOffsetUpdateVersionStep deleteFileBatchMax deleteTopicWithBrokerRegistration
      disableCallbackExecutor disableNettyWorkerGroup disappearTimeAfterStart
      dispatchCqCacheNum dispatchCqThreads dispatchFromSenderThread enableAcceleratedRecovery
      enableAllTopicList enableAsyncReput enableAutoInSyncReplicas enableBatchPush
      enableBroadcastOffsetStore enableBuildConsumeQueueConcurrently
      enableCleanExpiredOffset enableCompaction enableConnectionMetrics
      enableControllerInNamesrv enableControllerMode enableCreateSysGroup
      enableFastChannelEventProcess enableLagAndDlqMetrics enableLiteEventMode
      enableLitePopLog enableLmqQuota enableLmqStats
      enableLogConsumeQueueRepeatedlyBuildWhenRecover enableMessageStoreMetrics
      enableMixedMessageType enableNetWorkFlowControl enableNotifyAfterPopOrderLockRelease
      enableNotifyBeforePopCalculateLag enablePopBatchAck enablePopBufferMerge
      enablePopLog enablePopMessageThreshold enablePopMetrics enableReconnectForGoAway
      enableRegisterProducer enableRemoteEscape enableRemotingMetrics enableRequestMetrics
      enableRetryTopicV2 enableRocksDBLog enableRunningFlagsInFlush
      enableShutdownGracefully enableSingleTopicRegister enableSkipLongAwaitingAck
      enableSlaveActingMaster enableSplitMetadata enableSplitRegistration
      enableStatsMetrics enableTopicList enableTransactionMetrics enabledAppendPropCRC
      estimateAccumulation fetchControllerAddrByDnsLookup fetchNameSrvAddrByDnsLookup
      fetchNamesrvAddrInterval forceVerifyPropCRC forwardTimeout globalColdReadThreshold
      haFlowControlEnable haMaxGapNotInSync haMaxTimeSlaveNotCatchup inSyncReplicas
      indexFileReadEnable indexFileWriteEnable indexRocksDBEnable
      initPopOffsetByCheckMsgInMem isBrokerContainer isInBrokerContainer
      isScanAvailableNameSrv iteratorWhenUseRocksdbConsumeQueue kvConfigPath
      liteEventCheckInterval liteEventFullDispatchDelayTime
      liteEventFullDispatchDelayTimeForWildcardGroup liteLagCountMetricsEnable
      liteLagLatencyCollectEnable liteLagLatencyMetricsEnable liteLagLatencyTopK
      litePullMessageEnable litePullMessageThreadPoolNums litePullThreadPoolQueueCapacity
      liteSubscriptionCheckInterval liteSubscriptionCheckTimeoutMills liteTtlCheckInterval
      loadBalancePollNameServerInterval loadBalanceProcessorThreadPoolNums
      loadBalanceThreadPoolQueueCapacity lockInStrictMode logicQueueForceSwapMapInterval
      logicQueueSwapMapInterval logicQueueSwapMapReserveFileNum
      logicalDiskSpaceCleanForciblyThreshold mappedFileSizeTimerLog mappedFileSwapEnable
      mapperFileSizeBatchConsumeQueue maxAsyncPutMessageRequests maxBatchDeleteFilesNum
      maxChecksumRange maxClientEventCount maxConsumeQueueScan maxFilterMessageSize
      maxHaTransferByteInSecond maxLiteSubscriptionCount
      maxMessageFilterNumForNotification maxOffsetMapSize maxPopPollingSize
      maxReconnectIntervalTimeSeconds maxRecoveryCommitlogFiles maxRocksDBIndexQueryDays
      maxSlaveResendLength maxStatsIdleTimeInMinutes maxTopicLength
      memTableFlushIntervalMs metricGrpcExporterIntervalInMills
      metricGrpcExporterTimeOutInMills metricLoggingExporterIntervalInMills
      metricsExportBatchMaxDataPoints metricsExporterType metricsGrpcExporterHeader
      metricsGrpcExporterTarget metricsInDelta metricsLabel metricsOtelCardinalityLimit
      metricsPromExporterHost metricsPromExporterPort minInSyncReplicas minLiteTTl
      needWaitForService notifyMinBrokerIdChanged orderMessageEnable
      persistConsumerOffsetIncrementally popCkMaxBufferSize popCkOffsetMaxQueueSize
      popCkStayBufferTime popCkStayBufferTimeOut popConsumerFSServiceInit
      popConsumerKVServiceEnable popConsumerKVServiceInit popConsumerKVServiceLog
      popFromRetryProbability popFromRetryProbabilityForPriority
      popInflightMessageThreshold popLongPollingForceNotifyInterval
      popPollingMapExpireTimeSeconds popPollingMapSize popPollingSize
      popResponseReturnActualRetryTopic popReviveConcurrency popReviveMaxAttemptTimes
      popReviveMaxReturnSizePerRead popReviveSkipIfGroupAbsent printChannelGroups
      printChannelGroupsMinNum priorityOrderAsc productEnvName pullBatchMaxMessageCount
      putConsumeQueueDataByFileChannel putMessageTimeout readUnCommitted
      realTimeNotifyConsumerChange realTimePersistRocksDBConfig recallMessageEnable
      recheckReputOffsetFromCq recoverConcurrently recoverThreadPoolNums
      rejectPullConsumerEnable replicasPerDiskPartition retrieveMessageFromPopRetryTopicV1
      returnOrderTopicConfigToBroker reviveAckWaitMs reviveInterval reviveMaxSlow
      reviveQueueNum reviveScanTime rocksdbCQDoubleWriteEnable rocksdbCompressionType
      rocksdbFlushWalFrequency rocksdbWalFileRollingThreshold sampleCountThreshold
      sampleSteps scanNotActiveBrokerInterval searchBcqByCacheEnable
      sendHeartbeatTimeoutMillis serverLoadBalancerEnable serverNettyWorkerGroupEnable
      sharedByteBufferNum shutdownWaitTimeSeconds skipPreOnline
      skipWhenCKRePutReachMaxTimes socksProxyConfig spinLockCollisionRetreatOptimalDegree
      splitMetadataSize splitRegistrationSize statRocksDBCQIntervalSec storeType
      subscriptionExpiredTimeout supportActingMaster syncBrokerMemberGroupPeriod
      syncBrokerMetadataPeriod syncControllerMetadataPeriod syncFromLastFile
      syncMasterFlushOffsetWhenStartup timerCheckMetricsWhen timerColdDataCheckIntervalMs
      timerCongestNumEachSlot timerEnableCheckMetrics timerEnableDisruptor
      timerEnableRetryUntilSuccess timerFlushIntervalMs timerGetMessageThreadNum
      timerInterceptDelayLevel timerMaxDelaySec timerMetricSmallThreshold timerPrecisionMs
      timerProgressLogIntervalMs timerPutMessageThreadNum timerRecallToTimeWheelEnable
      timerRecallToTimelineEnable timerReputServiceCorePoolSize
      timerReputServiceMaxPoolSize timerReputServiceQueueCapacity timerRocksDBEnable
      timerRocksDBPrecisionMs timerRocksDBRollIntervalHours timerRocksDBRollMaxTps
      timerRocksDBRollRangeHours timerRocksDBStopScan timerRocksDBTimeExpiredMaxTps
      timerRollWindowSlot timerSkipUnknownError timerStopDequeue timerStopEnqueue
      timerWarmEnable timerWheelEnable timerWheelSnapshotFlush
      timerWheelSnapshotIntervalMs topicQueueLockNum totalReplicas transRocksDBEnable
      transWriteOriginTransHalfEnable transactionCheckRocksdbCoreThreads
      transactionCheckRocksdbMaxThreads transactionCheckRocksdbQueueCapacity
      transactionMetricFlushInterval transactionOpBatchInterval transactionOpMsgMaxSize
      travelCqFileNumWhenGetMessage unRegisterBrokerQueueCapacity
      updateNameServerAddrPeriod useABSLock useMessageFilterForNotification
      usePIDColdCtrStrategy useSeparateRetryQueue useSeparateStorePathForRocksdbCQ
      useServerSideResetOffset useSingleRocksDBForAllConfigs useStaticSubscription
      validateSystemTopicWhenUpdateTopic waitSecondsForService waitTimeMillsInAckQueue
      waitTimeMillsInAdminBrokerQueue waitTimeMillsInLitePullQueue
      wakeCommitWhenPutMessage wakeFlushWhenPutMessage writeWithoutMmap
      """;

  private NamesOf5x() {}
}
