package io.apogeemq.client;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Bodies that only a library unpacks, which a client has if its application brought it along. The class
 * path is searched once; without the library a body stays as it is stored.
 */
enum Libraries {
  LZ4("net.jpountz.lz4.LZ4FrameInputStream", "LZ4", "at.yawk.lz4:lz4-java") {
    @Override
    InputStream open(InputStream stored) throws IOException {
      return Lz4.open(stored);
    }
  },
  ZSTD("com.github.luben.zstd.ZstdInputStreamNoFinalizer", "zstd", "com.github.luben:zstd-jni") {
    @Override
    InputStream open(InputStream stored) throws IOException {
      return Zstd.open(stored);
    }
  };

  // Classes of their own, which are not even looked at where the library lacks.

  private static final class Lz4 {
    /** In Java alone: what comes from anybody is not given to native code where that can be helped. */
    static InputStream open(InputStream stored) throws IOException {
      return new LZ4FrameInputStream(
          stored,
          LZ4Factory.safeInstance().safeDecompressor(),
          XXHashFactory.safeInstance().hash32());
    }
  }

  private static final class Zstd {
    /** 8 MiB: more than a body of the usual largest size needs. A frame may ask for much more. */
    private static final int MAX_WINDOW_BITS = 23;

    static InputStream open(InputStream stored) throws IOException {
      return new ZstdInputStreamNoFinalizer(stored).setLongMax(MAX_WINDOW_BITS);
    }
  }

  private final boolean there;
  private final String form;
  private final String artifact;

  Libraries(String className, String form, String artifact) {
    there = isThere(className);
    this.form = form;
    this.artifact = artifact;
  }

  private static boolean isThere(String className) {
    try {
      Class.forName(className, false, Libraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  abstract InputStream open(InputStream stored) throws IOException;

  /** The body as its sender meant it, if the library is there and that is no longer than the limit. */
  Body unpacked(byte[] stored, int limitBytes) {
    if (!there) {
      return new Body(
          stored, "it is compressed with " + form + ", which needs " + artifact + " here");
    }
    try (InputStream in = open(new ByteArrayInputStream(stored))) {
      byte[] plain = in.readNBytes(limitBytes + 1);
      return plain.length <= limitBytes
          ? new Body(plain, null)
          : flawed(stored, Body.tooLarge(limitBytes));
    } catch (IOException | RuntimeException e) {
      return flawed(stored, e.getMessage());
    } catch (LinkageError e) { // zstd brings native code, which may not run everywhere
      return flawed(stored, e.toString());
    }
  }

  private Body flawed(byte[] stored, String why) {
    return new Body(stored, "it can't be unpacked (" + form + "): " + why);
  }
}
