import { afterAll, beforeAll, vi } from 'vitest';

import { startTwoWayHost } from '../support/hosts/two-way-host.ts';
import type { TwoWayHost } from '../support/hosts/two-way-host.ts';
import { testAttachments } from './two-way/attachments.ts';
import { testConversations } from './two-way/conversations.ts';
import { testHabits } from './two-way/flow-runtime.ts';
import { testSubscriptions } from './two-way/subscriptions.ts';

// These tests mostly wait, each for messages of its own, so they all run at once on one host.
vi.setConfig({ maxConcurrency: 12, testTimeout: 90_000 });

let local: TwoWayHost;
beforeAll(async () => {
  local = await startTwoWayHost({ NOTIFICATION_RETRY_SECONDS: '1', ATTACHMENT_MEGABYTES: '1' });
});
afterAll(() => local.stop());

testHabits(() => local);
testSubscriptions(() => local);
testConversations(() => local);
testAttachments(() => local);
