import type { EventSource } from '../shop/shop.ts'
import type { Slot } from '../store/collection.ts'

/**
 * Puts a document together from resources. Events of the shop are written straight into one buffer, which is kept and
 * grows to the largest page; nothing is built per event.
 */
export class BodyWriter {
  #scratch = Buffer.allocUnsafe(1 << 21)
  #length = 0

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#scratch.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#scratch.length * 2, this.#length + bytes))
    this.#scratch.copy(larger, 0, 0, this.#length)
    this.#scratch = larger
  }

  start(): void {
    this.#length = 0
  }

  text(text: string): void {
    this.#room(text.length * 3)
    this.#length += this.#scratch.write(text, this.#length)
  }

  /** Resources with commas between them; `textOf` writes those that are no plain events of the shop. */
  list(
    slots: readonly Slot[],
    events: Readonly<{ source: EventSource; linkOrigin: string }> | null,
    textOf: (slot: Slot) => string,
  ): void {
    let separator = ''
    for (const slot of slots) {
      this.text(separator)
      separator = ','
      if (typeof slot !== 'number' || events === null) {
        this.text(textOf(slot))
        continue
      }
      this.#room(events.source.maxResourceBytes)
      this.#length = events.source.writeResource(slot, this.#scratch, this.#length, events.linkOrigin)
    }
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.#scratch.subarray(0, this.#length))
  }
}
