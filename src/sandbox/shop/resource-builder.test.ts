import { expect, test } from 'vitest'
import { ResourceBuilder } from './resource-builder.ts'

const builder = (): ResourceBuilder => {
  const full = new ResourceBuilder()
  full.add('tag', 't1', { name: 'sale' })
  full.add('list', 'l1', {})
  full.add('catalog-item', 'i1', {})
  full.add('catalog-category', 'c1', {}, { created: '2026' })
  return full
}

test('a relation has both its sides', () => {
  const full = builder()
  full.relate('list', 'l1', 'tags', ['t1'])
  const finished = full.finish()
  expect(finished.get('list')?.[0]?.relationships['tags']).toEqual({ many: true, type: 'tag', ids: ['t1'] })
  expect(finished.get('tag')?.[0]?.relationships['lists']).toEqual({ many: true, type: 'list', ids: ['l1'] })
})

test('relations that hold nothing are there, empty', () => {
  const tag = builder().finish().get('tag')?.[0]
  expect(Object.keys(tag?.relationships ?? {}).sort()).toEqual([
    'campaigns',
    'flows',
    'lists',
    'segments',
    'tag-group',
  ])
  expect(tag?.relationships['tag-group']).toEqual({ many: false, type: 'tag-group', ids: [] })
})

test('what Klaviyo does not show on a resource is kept in its meta', () => {
  const full = builder()
  full.relate('catalog-item', 'i1', 'categories', ['c1'])
  const item = full.finish().get('catalog-item')?.[0]
  expect(item?.relationships['categories']).toBeUndefined()
  expect(item?.meta).toEqual({ 'category.id': ['c1'] })
  expect(full.finish().get('catalog-category')?.[0]?.meta).toEqual({ created: '2026' })
})

test('ids are unique within a type, and relations point at what is there', () => {
  const full = builder()
  expect(() => full.add('tag', 't1', {})).toThrow('already has a tag "t1"')
  expect(() => full.relate('list', 'l1', 'tags', ['t2'])).toThrow('no tag "t2"')
  expect(() => full.relate('list', 'l1', 'friends', ['t1'])).toThrow('no relation "friends"')
})
