import { addLoad, isOver, type Load, NO_LOAD, subtractLoad } from './delivery-load.ts';

interface Waiting {
  /** Whose delivery this is: those of one sender keep their order. */
  readonly from: string;
  readonly load: Load;
}

/** Deliveries that wait, taken in turns of their senders. */
export interface DeliveryTurns<Delivery extends Waiting> {
  readonly load: Load;
  readonly isEmpty: boolean;
  add(delivery: Delivery): void;
  /** What is written next: whole deliveries, together no more than `limit`; one alone may be larger. */
  take(limit: Load): Delivery[];
}

/**
 * One delivery of each sender in turn, so that a sender with much to say holds up no other for more than one of its
 * deliveries. Not the smallest first: the end of an alert would overtake its beginning.
 */
export function createDeliveryTurns<Delivery extends Waiting>(): DeliveryTurns<Delivery> {
  // Whose turn is next stands first: who had one goes to the end, who did not fit stays.
  const turns = new Map<string, Delivery[]>();
  let load = NO_LOAD;

  function takeRound(batch: Delivery[], before: Load, limit: Load): Load {
    let taken = before;
    for (const [from, own] of [...turns]) {
      const [next] = own;
      if (next === undefined || (batch.length > 0 && isOver(addLoad(taken, next.load), limit))) continue;
      batch.push(next);
      taken = addLoad(taken, next.load);
      own.shift();
      turns.delete(from);
      if (own.length > 0) turns.set(from, own);
    }
    return taken;
  }

  return {
    get load() {
      return load;
    },
    get isEmpty() {
      return turns.size === 0;
    },
    add(delivery) {
      const own = turns.get(delivery.from);
      if (own === undefined) turns.set(delivery.from, [delivery]);
      else own.push(delivery);
      load = addLoad(load, delivery.load);
    },
    take(limit) {
      const batch: Delivery[] = [];
      let taken = NO_LOAD;
      for (let count = -1; count < batch.length; ) {
        count = batch.length;
        taken = takeRound(batch, taken, limit);
      }
      load = subtractLoad(load, taken);
      return batch;
    },
  };
}
