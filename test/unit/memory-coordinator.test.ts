import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { describeCoordinator } from '../support/coordinator-contract.ts';
import { createFakeClock } from '../support/fake-clock.ts';

describeCoordinator('Memory', () => {
  const clock = createFakeClock();
  return { coordinator: createMemoryCoordinator(clock), pass: clock.advance };
});
