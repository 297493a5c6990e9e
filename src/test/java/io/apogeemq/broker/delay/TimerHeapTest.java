package io.apogeemq.broker.delay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
  private record Entry(long dueMs, long position) {}

  private static List<Entry> drained(TimerHeap heap) {
    List<Entry> all = new ArrayList<>();
    while (heap.size() > 0) {
      all.add(new Entry(heap.dueMs(), heap.position()));
      heap.pop();
    }
    return all;
  }

  @Test
  void whatIsDueFirstComesFirstAndOfTheSameTimeWhatWasParkedFirst() {
    Random random = new Random(7);
    TimerHeap heap = new TimerHeap();
    List<Entry> expected = new ArrayList<>();
    for (int position = 0; position < 50_000; position++) { // several pages
      Entry each = new Entry(random.nextInt(1000), position);
      expected.add(each);
      heap.push(each.dueMs(), each.position());
    }
    expected.sort(
        (a, b) ->
            a.dueMs() != b.dueMs()
                ? Long.compare(a.dueMs(), b.dueMs())
                : Long.compare(a.position(), b.position()));
    assertThat(drained(heap)).isEqualTo(expected);
    assertThat(heap.dueMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatIsNotWantedIsLeftOut() {
    TimerHeap heap = new TimerHeap();
    for (int i = 0; i < 20_000; i++) {
      heap.push(20_000 - i, i);
    }
    heap.retain(position -> position % 2 == 0);
    assertThat(heap.size()).isEqualTo(10_000);
    assertThat(drained(heap)).allMatch(each -> each.position() % 2 == 0).hasSize(10_000);
  }

  @Test
  void theFirstOnesBehindAPlaceAreToldPageByPage() {
    Random random = new Random(13);
    TimerHeap heap = new TimerHeap();
    for (int position = 0; position < 5_000; position++) {
      heap.push(random.nextInt(500), position);
    }
    List<Entry> told = new ArrayList<>();
    long dueMs = Long.MIN_VALUE;
    long position = 0;
    for (List<long[]> page = heap.next(7, dueMs, position, at -> at % 3 != 0);
        !page.isEmpty();
        page = heap.next(7, dueMs, position, at -> at % 3 != 0)) {
      assertThat(page.size()).isLessThanOrEqualTo(7);
      page.forEach(each -> told.add(new Entry(each[0], each[1])));
      dueMs = page.get(page.size() - 1)[0];
      position = page.get(page.size() - 1)[1];
    }
    assertThat(heap.size()).isEqualTo(5_000);
    heap.retain(at -> at % 3 != 0);
    assertThat(told).isEqualTo(drained(heap));
  }

  @Test
  void aPlaceSoFarBackThatLookingForItWouldTakeLongIsNotLookedFor() {
    TimerHeap heap = new TimerHeap();
    for (int i = 0; i < TimerHeap.MAX_LOOKED_AT + 100; i++) {
      heap.push(i, i);
    }
    assertThat(TimerHeap.MAX_LOOKED_AT).as("a few ms of the delay loop").isLessThan(500_000);
    long far = TimerHeap.MAX_LOOKED_AT / 2;
    assertThat(heap.next(3, far, far, at -> true))
        .extracting(each -> each[0])
        .containsExactly(far + 1, far + 2, far + 3);
    long tooFar = TimerHeap.MAX_LOOKED_AT;
    assertThat(heap.next(3, tooFar, tooFar, at -> true)).isNull();
  }

  @Test
  void aPlaceInAListIsReadAsItWasWritten() {
    DelayCursor place = DelayCursor.parse(null);
    place.timer(1_700_000_000_123L, 77);
    place.level(3, 9);
    place.level(18, 1);
    DelayCursor read = DelayCursor.parse(place.toString());
    assertThat(read).hasToString(place.toString());
    assertThat(read.dueMs()).isEqualTo(1_700_000_000_123L);
    assertThat(read.nextIn(18)).isEqualTo(1);
    assertThat(read.nextIn(4)).isZero();
    for (String each : new String[] {"x", "1", "1:2;3", "1:2;x:3", ":", "1:2;3:4".repeat(2_000)}) {
      assertThat(DelayCursor.parse(each)).as(each).isNull();
    }
  }

  @Test
  void aSetOfPositionsIsASet() {
    Random random = new Random(11);
    PositionSet set = new PositionSet();
    Set<Long> expected = new HashSet<>();
    for (int i = 0; i < 200_000; i++) {
      long position = random.nextInt(4000) * 64L;
      if (random.nextInt(3) > 0) {
        assertThat(set.add(position)).isEqualTo(expected.add(position));
      } else {
        assertThat(set.remove(position)).isEqualTo(expected.remove(position));
      }
    }
    assertThat(set.size()).isEqualTo(expected.size());
    for (long position = 0; position < 4000 * 64L; position += 64) {
      assertThat(set.contains(position)).isEqualTo(expected.contains(position));
    }
  }
}
