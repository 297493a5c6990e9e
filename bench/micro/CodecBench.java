package io.apogeemq.bench.micro;

import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.remoting.FrameDecoder;
import io.apogeemq.protocol.remoting.FrameEncoder;
import io.apogeemq.protocol.remoting.HeaderForm;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A send request of 1 KB from bytes to its header record, and its answer to bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBench {
  private static final int BODY_BYTES = 1024;
  private static final int SUCCESS = 0;

  @Param({"JSON", "ROCKETMQ"})
  public HeaderForm form;

  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private ByteBuf frame;
  private ByteBuf out;
  private SendHeaders.Reply reply;

  @Setup
  public void make() {
    RemotingCommand request = RemotingCommand.request(RequestCode.SEND_MESSAGE_V2).form(form);
    request
        .ext()
        .put("a", "bench")
        .put("b", "BenchTopic")
        .put("c", "TBW102")
        .put("d", "4")
        .put("e", "3")
        .put("f", "0")
        .put("g", "1700000000000")
        .put("h", "0")
        .put("i", "UNIQ_KEY\u00017F00000100000000000000000000BEEF\u0002WAIT\u0001true")
        .put("j", "0")
        .put("k", "false")
        .put("m", "false");
    request.body(new byte[BODY_BYTES]);
    frame = FrameEncoder.whole(request, allocator);
    frame.skipBytes(Integer.BYTES); // the decoder is given what follows the length
    out = allocator.ioBuffer();
    reply =
        new SendHeaders.Reply(
            "7F00000100002A9F0000000012345678",
            3,
            1_234_567,
            "7F00000100000000000000000000BEEF",
            SendHeaders.Reply.DEFAULT_REGION,
            "true", null);
  }

  @TearDown
  public void release() {
    frame.release();
    out.release();
  }

  @Benchmark
  public SendHeaders.Send decodeRequest() {
    RemotingCommand command = FrameDecoder.decode(frame.retainedDuplicate());
    SendHeaders.Send send = SendHeaders.Send.read(command.ext());
    command.release();
    return send;
  }

  @Benchmark
  public int encodeAnswer() {
    RemotingCommand answer = RemotingCommand.response(SUCCESS, 12_345, form);
    reply.writeTo(answer.ext());
    out.clear();
    FrameEncoder.writeHead(answer, out);
    return out.writerIndex();
  }
}
