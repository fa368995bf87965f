import type { Partition } from './layout.ts'
import type { DataFile, Publication } from './manifest.ts'

/*
 * A file smaller than this is small: it is written together with others when there are many. Larger ones are rewritten
 * only for rows of their own that change.
 */
const SMALL_BYTES = 16_000_000
/** What is rewritten into one file at most, as far as the old ones let it: some ten row groups of events. */
const MOST_BYTES = 128_000_000
/** So many small files in one partition are too many, while a table is being filled. */
const MOST_SMALL = 24

/** A file to be written: what stays of some old ones, and rows that are new, as far as they are of its partition. */
export type Output = Readonly<{ partition: Partition; sources: readonly DataFile[]; additions: boolean }>

export type Changes = Readonly<{
  /** Files of the account. */
  files: readonly DataFile[]
  /** Paths of those of which rows go or change. */
  touched: ReadonlySet<string>
  /** Partitions that get rows. */
  additions: readonly Partition[]
}>

/** What has to be written so that the files hold what they should. */
export function planOutputs(
  { files, touched, additions }: Changes,
  mostSmall = MOST_SMALL,
): readonly Output[] {
  const partitions = new Map<string, Partition>()
  for (const partition of [
    ...additions,
    ...files.filter(({ path }) => touched.has(path)),
    ...crowded(files, mostSmall),
  ])
    partitions.set(keyOf(partition), partition)
  return [...partitions.values()].flatMap(({ account, month }) => {
    const partition = { account, month }
    const there = files.filter((file) => keyOf(file) === keyOf(partition))
    const small = there.filter(({ bytes }) => bytes < SMALL_BYTES)
    const sources = there.filter(
      (file) =>
        touched.has(file.path) || file.rows === 0 || (small.length >= mostSmall && small.includes(file)),
    )
    const adds = additions.some((each) => keyOf(each) === keyOf(partition))
    const bins = binsOf(sources)
    if (bins.length === 0) return [{ partition, sources: [], additions: adds }]
    return bins.map((bin, index) => ({ partition, sources: bin, additions: adds && index === 0 }))
  })
}

function crowded(files: readonly DataFile[], mostSmall: number): readonly Partition[] {
  const counts = new Map<string, number>()
  const small = files.filter(({ bytes }) => bytes < SMALL_BYTES)
  for (const file of small) counts.set(keyOf(file), (counts.get(keyOf(file)) ?? 0) + 1)
  return small.filter((file) => (counts.get(keyOf(file)) ?? 0) >= mostSmall)
}

/** Smallest first, so that what is added goes where it costs least. */
function binsOf(sources: readonly DataFile[]): readonly (readonly DataFile[])[] {
  const bins: DataFile[][] = []
  let bytes = Infinity
  for (const file of [...sources].sort((a, b) => a.bytes - b.bytes)) {
    if (bytes + file.bytes > MOST_BYTES) {
      bins.push([])
      bytes = 0
    }
    bins.at(-1)?.push(file)
    bytes += file.bytes
  }
  return bins
}

/** A file that is written and lies hidden yet. */
export type Written = Readonly<{
  at: string
  file: Omit<DataFile, 'path'>
  /** Old files whose rows it holds: it takes over the name of the first. */
  replaces: readonly DataFile[]
  /** Whether it has rows that were not in those. */
  adds: boolean
}>

/**
 * How new files take the place of old ones for readers that look at what is there: never is a row there twice. A file
 * takes over the name of an old one, which is a single step of the file system; before that go the others whose rows
 * it holds, and after those that only lose rows come those that gain some.
 * @param nameOf a path that nobody has
 */
export function publication(
  removed: readonly DataFile[],
  written: readonly Written[],
  nameOf: (partition: Partition) => string,
): Readonly<{ files: readonly DataFile[]; toPublish: Pick<Publication, 'remove' | 'move'> }> {
  const placed = written.map((each) => ({ ...each, path: each.replaces[0]?.path ?? nameOf(each.file) }))
  const taken = new Set(placed.map(({ path }) => path))
  const rank = ({ adds, replaces }: Written): number => (adds ? 1 : 0) + (replaces.length === 0 ? 2 : 0)
  return {
    files: placed.map(({ file, path }) => ({ ...file, path })),
    toPublish: {
      remove: removed.map(({ path }) => path).filter((path) => !taken.has(path)),
      move: [...placed].sort((a, b) => rank(a) - rank(b)).map(({ at, path }) => ({ from: at, to: path })),
    },
  }
}

export const keyOf = ({ account, month }: Partition): string => JSON.stringify([account, month])
