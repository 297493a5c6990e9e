package io.apogeemq.protocol.body;

import java.util.Map;

/** Offsets by queue id: the answer to code 308. */
public record CorrectionOffsets(Map<Integer, Long> correctionOffsets) implements Body {}
