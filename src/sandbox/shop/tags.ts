import type { Basics } from './basics.ts'
import { uuid } from './ids.ts'
import type { ResourceBuilder } from './resource-builder.ts'

const groups: readonly (readonly [string, boolean, readonly string[]])[] = [
  ['Ungrouped', false, ['evergreen', 'test 🧪', 'do not touch', 'Q&A', "founder's pick", 'à revoir']],
  ['Season', true, ['Spring', 'Summer', 'Autumn', 'Winter', 'Holiday 🎄', 'Black Friday', '夏セール']],
  ['Audience', false, ['VIP', 'New customers', 'Lapsed', 'B2B', 'Wholesale', 'Staff', 'Students']],
  ['Goal', true, ['Acquisition', 'Retention', 'Win-back', 'Reviews', 'Education', 'Loyalty']],
  ['Market', false, ['US', 'UK', 'DACH', 'FR', 'JP', 'MENA', 'Nordics', 'PL', 'KR', 'IN', 'TR', 'IL']],
  ['Team', true, ['CRM', 'Brand', 'Retail', 'Agency "Northwind"', 'Data \\ BI']],
  ['Channel', false, ['newsletter', 'sms', 'push', 'paid social', 'affiliate', 'in-store']],
  ['Legal', true, ['GDPR ok', 'CASL ok', 'needs review']],
]

/** Tag groups and tags; what they tag relates itself to them. */
export function addTags(basics: Basics, builder: ResourceBuilder): void {
  const random = basics.random('tags')
  for (const [name, exclusive, tags] of groups) {
    const groupId = builder.add('tag-group', uuid(random), {
      name,
      exclusive,
      default: name === 'Ungrouped',
    })
    for (const tag of tags) {
      const tagId = builder.add('tag', uuid(random), { name: tag })
      builder.relate('tag', tagId, 'tag-group', [groupId])
    }
  }
}
