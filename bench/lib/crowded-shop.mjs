// The believable shop with nine tenths of its events in two days: the hardest case for windows.
import { buildShop } from '../../dist/sandbox/shop/shop.js'

const DAY_S = 86_400

/** Same rows, other times; still sorted, so that the sandbox can search them. */
export function crowdedShop(options) {
  const shop = buildShop(options)
  const { events } = shop
  const end = Math.floor(options.nowMs / 1000)
  const start = end - 4 * 365 * DAY_S
  const crowd = start + 500 * DAY_S
  const timeOf = (i) => {
    const share = i / events.count
    if (share < 0.05) return Math.floor(start + (share / 0.05) * 500 * DAY_S)
    if (share < 0.95) return Math.floor(crowd + ((share - 0.05) / 0.9) * 2 * DAY_S)
    return Math.floor(crowd + 2 * DAY_S + ((share - 0.95) / 0.05) * (end - crowd - 2 * DAY_S))
  }
  return { ...shop, events: retimed(events, timeOf) }
}

function retimed(events, timeOf) {
  const isoAt = (i) => `${new Date(timeOf(i) * 1000).toISOString().slice(0, 19)}+00:00`
  const lowerBound = (timeS) => {
    let [low, high] = [0, events.count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (timeOf(middle) < timeS) low = middle + 1
      else high = middle
    }
    return low
  }
  return Object.assign(Object.create(events), {
    count: events.count,
    maxResourceBytes: events.maxResourceBytes,
    time: timeOf,
    lowerBound,
    visibleAtMs: () => 0,
    id: (i) => events.id(i),
    find: (id) => events.find(id),
    metricId: (i) => events.metricId(i),
    profileId: (i) => events.profileId(i),
    writeResource: (i, target, offset, origin) => {
      const end = events.writeResource(i, target, offset, origin)
      patch(target, offset, end, '"datetime":"', isoAt(i))
      patch(target, offset, end, '"timestamp":', String(timeOf(i)))
      return end
    },
  })
}

/** Overwrites the value after a label by one of the same length. */
function patch(target, from, to, label, text) {
  const at = target.subarray(from, to).indexOf(label)
  if (at >= 0) target.write(text, from + at + label.length, 'latin1')
}
