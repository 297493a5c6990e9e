#!/bin/sh
# In RocketMQ this starts a failover group of three brokers on one host.
echo "Failover groups (enableDLegerCommitLog) are not built yet, so there is nothing to start." >&2
echo "For one broker: bin/mqnamesrv, then bin/mqbroker. For everything in one process: bin/apogee server" >&2
exit 1
