package io.apogeemq.namesrv;

/** Compressed registrations as official brokers encode them, in hexadecimal. */
final class ApacheBodies {
  /** Topics TopicA (4 read, 8 write queues) and TopicB. */
  static final String COMPRESSED_4_9_5 =
      "78da63606090ae564ace2fcd2b492d52b232d0512ac9cc4d2d2e49cc2d50b232af656060600262c9"
          + "90fc82cc642705433310325308f6f473f7718d0f7174074a8a83251d154c142cd0a598a26301b107"
          + "1784";

  /** Topics TopicC and TopicB; TopicB with the attribute message.type=FIFO. */
  static final String COMPRESSED_5_5_0 =
      "78da636060d0a9564ace2fcd2b492d52b232d0512a2e492c490d4b2d2acecccf030b9464e6a60205"
          + "730b94ac2c6a1918189880582a24bf2033d959c144c142c14c21d8d3cfddc7353ec4d15da11aa4c2"
          + "102ceba460680642a8f24a40c38a13d353f54a2a0b5295ac94dc3cddfc95c0c646c7024906008153"
          + "267f";

  private ApacheBodies() {}
}
