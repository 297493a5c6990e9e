package io.apogeemq.config;

/**
 * Keys of a RocketMQ broker that are accepted and change nothing here, with the original's defaults,
 * grouped by the reason. Their values are not checked: what has no meaning can't be wrong.
 */
final class KeysWithoutMeaning {
  private KeysWithoutMeaning() {}

  static void addTo(KeyTable.Rows rows) {
    rows.section(
            "Accepted without meaning",
            "So that a file of RocketMQ can be used as it is. One line at start names those that it"
                + " gives; their values are neither checked nor used.")
        .ignored(
            "There are no queue files: each segment of the log brings its own index.",
            "storePathConsumeQueue=",
            "storePathIndex=",
            "mappedFileSizeConsumeQueue=6000000",
            "flushIntervalConsumeQueue=1000",
            "flushConsumeQueueLeastPages=2",
            "flushConsumeQueueThoroughInterval=60000",
            "deleteConsumeQueueFilesInterval=100",
            "putMsgIndexHightWater=600000",
            "enableConsumeQueueExt=false",
            "mappedFileSizeConsumeQueueExt=50331648",
            "bitMapLengthConsumeQueueExt=112",
            "maxHashSlotNum=5000000",
            "maxIndexNum=20000000",
            "messageIndexEnable=true",
            "messageIndexSafe=false")
        .ignored(
            "The file always lies in `storePathRootDir`, as in the original.",
            "storeCheckpoint=",
            "abortFile=")
        .ignored(
            "Event loops serve all requests; there is no pool per kind of request.",
            "sendMessageThreadPoolNums=1",
            "putMessageFutureThreadPoolNums=2",
            "pullMessageThreadPoolNums=20",
            "processReplyMessageThreadPoolNums=20",
            "queryMessageThreadPoolNums=10",
            "adminBrokerThreadPoolNums=16",
            "clientManageThreadPoolNums=32",
            "consumerManageThreadPoolNums=32",
            "heartbeatThreadPoolNums=2",
            "endTransactionThreadPoolNums=12",
            "ackMessageThreadPoolNums=16",
            "litePullMessageThreadPoolNums=20",
            "loadBalanceProcessorThreadPoolNums=32",
            "serverWorkerThreads=8",
            "serverCallbackExecutorThreads=0",
            "serverSelectorThreads=3",
            "clientWorkerThreads=4",
            "clientCallbackExecutorThreads=2")
        .ignored(
            "Requests don't queue in front of a pool; a full log pauses the sockets"
                + " (`appendQueueBytes`, `appendQueueMaxAgeMs`).",
            "waitTimeMillsInSendQueue=200",
            "waitTimeMillsInPullQueue=5000",
            "waitTimeMillsInHeartbeatQueue=31000",
            "waitTimeMillsInTransactionQueue=3000",
            "osPageCacheBusyTimeOutMills=1000",
            "brokerFastFailureEnable=true",
            "sendThreadPoolQueueCapacity=10000",
            "putThreadPoolQueueCapacity=10000",
            "pullThreadPoolQueueCapacity=100000",
            "replyThreadPoolQueueCapacity=10000",
            "queryThreadPoolQueueCapacity=20000",
            "clientManagerThreadPoolQueueCapacity=1000000",
            "consumerManagerThreadPoolQueueCapacity=1000000",
            "heartbeatThreadPoolQueueCapacity=50000",
            "endTransactionPoolQueueCapacity=100000",
            "serverOnewaySemaphoreValue=256",
            "serverAsyncSemaphoreValue=64",
            "clientOnewaySemaphoreValue=65535",
            "clientAsyncSemaphoreValue=65535")
        .ignored(
            "One thread appends whole batches to preallocated files, without a lock and without a"
                + " write mapping.",
            "transientStorePoolEnable=false",
            "transientStorePoolSize=5",
            "fastFailIfNoBufferInStorePool=false",
            "warmMapedFileEnable=false",
            "flushLeastPagesWhenWarmMapedFile=4096",
            "useReentrantLockWhenPutMessage=true",
            "flushCommitLogTimed=true",
            "flushCommitLogLeastPages=4",
            "flushLeastPages=4",
            "flushCommitLogThoroughInterval=10000",
            "commitIntervalCommitLog=200",
            "commitCommitLogLeastPages=4",
            "commitCommitLogThoroughInterval=200",
            "debugLockEnable=false",
            "enableMultiDispatch=false",
            "enableLmq=false",
            "maxLmqConsumeQueueNum=20000",
            "messageStorePlugIn=",
            "readUnCommitted=false")
        .ignored(
            "Stored bytes are sent as they are, in the way that was measured to be the cheapest.",
            "transferMsgByHeap=true",
            "useEpollNativeSelector=false",
            "serverPooledByteBufAllocatorEnable=true",
            "clientPooledByteBufAllocatorEnable=false",
            "serverSocketSndBufSize=0",
            "serverSocketRcvBufSize=0",
            "clientSocketSndBufSize=0",
            "clientSocketRcvBufSize=0",
            "writeBufferHighWaterMark=0",
            "writeBufferLowWaterMark=0",
            "clientCloseSocketIfTimeout=true",
            "clientChannelMaxIdleTimeSeconds=120",
            "channelNotActiveInterval=60000",
            "connectTimeoutMillis=3000")
        .ignored(
            "Fixed, to RocketMQ's default: 120 s and 1,024 connections.",
            "serverChannelMaxIdleTimeSeconds=120",
            "serverSocketBacklog=1024")
        .ignored(
            "Fixed, to RocketMQ's default.",
            "regionId=DefaultRegion",
            "msgTraceTopicName=RMQ_SYS_TRACE_TOPIC")
        .ignored(
            "A pull answer is as large as the client asks for, within 1,024 messages and 256 KiB; one"
                + " message is always sent whole.",
            "maxTransferBytesOnMessageInMemory=262144",
            "maxTransferCountOnMessageInMemory=32",
            "maxTransferBytesOnMessageInDisk=65536",
            "maxTransferCountOnMessageInDisk=8")
        .ignored(
            "Members of a group are always told when one joins or leaves.",
            "notifyConsumerIdsChangedEnable=true")
        .ignored(
            "Files are deleted together with their index, one at a time.",
            "deleteCommitLogFilesInterval=100",
            "destroyMapedFileIntervalForcibly=120000",
            "redeleteHangedFileInterval=120000",
            "cleanResourceInterval=10000",
            "diskFallRecorded=true",
            "checkCRCOnRecover=true")
        .ignored(
            "Tables are records of the log; the files in config/ are saved every"
                + " `flushConsumerOffsetInterval`.",
            "flushConsumerOffsetHistoryInterval=60000",
            "offsetCheckInSlave=false")
        .ignored(
            "Part of replication, failover groups or filter servers, which have their own keys or are"
                + " gone.",
            "haSendHeartbeatInterval=5000",
            "haHousekeepingInterval=20000",
            "haTransferBatchSize=32768",
            "haSlaveFallbehindMax=268435456",
            "slaveTimeout=3000",
            "dLegerRPCTimeout=5000",
            "preferredLeaderId=",
            "isEnableBatchPush=false",
            "filterServerNums=0",
            "filterSupportRetry=false",
            "filterDataCleanTimeSpan=86400000",
            "expectConsumerNumUseFilter=32",
            "maxErrorRateOfBloomFilter=20",
            "enableCalcFilterBitMap=false",
            "maxDelayTime=40",
            "enableScheduleMessageStats=true",
            "enableScheduleAsyncDeliver=false",
            "scheduleAsyncDeliverMaxPendingLimit=2000",
            "scheduleAsyncDeliverMaxResendNum2Blocked=3")
        .ignored(
            "Registration always sends the whole, uncompressed state, which every name server reads.",
            "forceRegister=true",
            "compressedRegister=false",
            "fetchNamesrvAddrByAddressServer=false",
            "rmqAddressServerDomain=",
            "rmqAddressServerSubGroup=")
        .ignored(
            "Belongs to a way of working of the original that has no counterpart here.",
            "startAcceptSendRequestTimeStamp=0",
            "disableConsumeIfConsumerReadSlowly=false",
            "consumerFallbehindThreshold=17179869184",
            "autoDeleteUnusedStats=false",
            "enableDetailStat=true",
            "highSpeedMode=false",
            "isolateLogEnable=false",
            "traceOn=true",
            "maxMsgsNumBatch=64",
            "defaultQueryMaxNum=32",
            "commercialEnable=true",
            "commercialBaseCount=1",
            "commercialBigCount=1",
            "commercialTimerCount=1",
            "commercialTransCount=1");
  }
}
