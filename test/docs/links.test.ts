import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, root, textOf } from './pages.ts'

/** Headings as GitHub makes anchors of them. */
const anchorsOf = (page: string): readonly string[] =>
  [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

const links = pages.flatMap((page) =>
  [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => ({ page, target })),
)

test('every link leads somewhere', () => {
  expect(links.length).toBeGreaterThan(30)
  const dead = links.filter(({ page, target }) => {
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(root, file))) return true
    return anchor !== undefined && !anchorsOf(file).includes(anchor)
  })
  expect(dead).toEqual([])
})

test('every page is reached from the README', () => {
  const linked = new Set(links.filter(({ page }) => page === 'README.md').map(({ target }) => target))
  expect(pages.filter((page) => page !== 'README.md' && !linked.has(page))).toEqual([])
})
