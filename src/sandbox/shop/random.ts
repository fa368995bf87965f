/** A bijection on 32-bit integers that spreads neighbours (the finaliser of MurmurHash3). */
export const mix32 = (value: number): number => {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** The inverse of `mix32`. */
export const unmix32 = (value: number): number => {
  let x = Math.imul(value ^ (value >>> 16), 0x7ed1b41d)
  x = Math.imul(x ^ (x >>> 13) ^ (x >>> 26), 0xa5cb9243)
  return (x ^ (x >>> 16)) >>> 0
}

/** 32 bits that depend on both numbers. */
export const hash2 = (a: number, b: number): number => mix32(mix32(a) + Math.imul(b, 0x9e3779b1))

/** 32 bits that depend on every character. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix32(hash)
}

/** A small fast generator (sfc32): the same seed and subject give the same numbers on every machine. */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** `subject` keeps the parts of a shop independent: more campaigns must not change a name. */
  constructor(seed: number, subject: number | string) {
    this.#a = mix32(seed)
    this.#b = typeof subject === 'string' ? hashText(subject) : mix32(subject + 0x51ed270b)
    this.#c = hash2(this.#a, this.#b)
    for (let i = 0; i < 8; i++) this.uint32()
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** In `[0, 1)`. */
  unit(): number {
    return this.uint32() / 0x1_0000_0000
  }

  /** An integer in `[0, limit)`. */
  below(limit: number): number {
    return Math.floor((this.uint32() / 0x1_0000_0000) * limit)
  }

  /** An integer in `[low, high]`. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(choices: readonly T[]): T {
    return at(choices, this.below(choices.length))
  }

  /** Up to `count` different ones, in the order of the choices. */
  some<T>(choices: readonly T[], count: number): readonly T[] {
    let left = Math.min(count, choices.length)
    return choices.filter((_, i) => {
      const taken = this.unit() * (choices.length - i) < left
      if (taken) left--
      return taken
    })
  }
}

/** The element at an index, counted round: the shop's lists of words are never empty. */
export const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index % list.length]
  if (value === undefined) throw new RangeError('an empty list has nothing to choose')
  return value
}
