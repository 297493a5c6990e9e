package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import io.apogeemq.protocol.message.SysFlags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies as official producers of 5.x compress them. */
class LibrariesTest {
  private static final byte[] PLAIN =
      "the same again, ".repeat(1_000).getBytes(StandardCharsets.UTF_8);

  private enum Form {
    LZ4(0x100),
    ZSTD(0x200);

    private final int flags;

    Form(int type) {
      flags = SysFlags.COMPRESSED | type;
    }

    private byte[] packed() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (OutputStream out =
          this == LZ4 ? new LZ4FrameOutputStream(bytes) : new ZstdOutputStream(bytes)) {
        out.write(PLAIN);
      }
      return bytes.toByteArray();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBodyIsUnpacked(Form form) throws IOException {
    Body body = Body.of(form.flags, form.packed(), PLAIN.length);
    assertThat(body.bytes()).isEqualTo(PLAIN);
    assertThat(body.flaw()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void oneThatIsTooLargeOrDamagedStaysAsItIsStored(Form form) throws IOException {
    byte[] stored = form.packed();
    Body large = Body.of(form.flags, stored, PLAIN.length - 1);
    assertThat(large.bytes()).isSameAs(stored);
    assertThat(large.flaw()).contains("larger than 15999 bytes");
    byte[] garbage = "no such form".getBytes(StandardCharsets.UTF_8);
    Body damaged = Body.of(form.flags, garbage, PLAIN.length);
    assertThat(damaged.bytes()).isSameAs(garbage);
    assertThat(damaged.flaw()).contains("can't be unpacked");
  }

  @ParameterizedTest
  @EnumSource
  void withoutTheLibraryItStaysAsItIsStoredAndSaysWhatLacks(Form form) throws Exception {
    byte[] stored = form.packed();
    Class<?> alone = new WithoutLibraries().loadClass(Body.class.getName());
    Method of = alone.getDeclaredMethod("of", int.class, byte[].class, long.class);
    Method bytes = alone.getDeclaredMethod("bytes");
    Method flaw = alone.getDeclaredMethod("flaw");
    for (Method each : new Method[] {of, bytes, flaw}) {
      each.setAccessible(true);
    }
    Object body = of.invoke(null, form.flags, stored, (long) PLAIN.length);
    assertThat(bytes.invoke(body)).isSameAs(stored);
    assertThat((String) flaw.invoke(body)).contains("which needs").contains("-j");
    Object plain = of.invoke(null, SysFlags.COMPRESSED, Zlib.deflated(PLAIN), (long) PLAIN.length);
    assertThat(bytes.invoke(plain)).as("zlib needs none").isEqualTo(PLAIN);
  }

  /** The client as it is in an application that brought no library along. */
  private static final class WithoutLibraries extends ClassLoader {
    WithoutLibraries() {
      super(LibrariesTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("net.jpountz") || name.startsWith("com.github.luben")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("io.apogeemq.client.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known == null ? own(name) : known;
    }

    private Class<?> own(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] code = in.readAllBytes();
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
