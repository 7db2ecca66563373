/** A question to the sample knowledge, as somebody on call would ask it. */
export interface SampleQuestion {
  readonly question: string;
  /** Keys of the documents, any of which may answer; the first sentence that is no heading must be one's. */
  readonly from: readonly string[];
  /** What the answer must hold. */
  readonly says?: RegExp;
}

const incident = (id: string) => `incident:${id}`;
const runbook = (id: string) => `runbook:${id}`;
const service = (id: string) => `service:${id}`;

/** Written after the documents, by their readers: in other words than theirs. */
export const SAMPLE_QUESTIONS: readonly SampleQuestion[] = [
  {
    question: 'what did we do last time the results queue backed up?',
    from: [
      incident('2026/2026-04-08-ensemble-publishes-embeddings'),
      incident('2025/2025-02-25-consumer-stuck-on-poison-message'),
      incident('2024/2024-11-19-ensemble-queue-purged'),
      incident('2025/2025-10-21-quorum-leaders-on-one-broker'),
    ],
  },
  {
    question: 'how long did the outage with the expired certificate last?',
    from: [incident('2025/2025-03-04-web-server-certificate-expired')],
    says: /1h21m/,
  },
  {
    question: 'when did the public certificate expire?',
    from: [incident('2025/2025-03-04-web-server-certificate-expired')],
    says: /2025-03-04/,
  },
  {
    question: 'why did MobileNet get slower on the bigger machines?',
    from: [incident('2025/2025-10-07-mobilenetv2-throttled-by-thread-pool')],
    says: /thread/i,
  },
  { question: 'who owns the pre-processor?', from: [service('pre-processor')], says: /pipeline/ },
  { question: 'who do I call about scylladb?', from: [service('scylladb')], says: /data/ },
  { question: 'who calls inference-server?', from: [service('pre-processor')], says: /pre-processor/ },
  { question: 'how do I fix a full jaeger volume?', from: [runbook('jaeger/JaegerStorageFull')], says: /sample/i },
  {
    question: 'what should I do when a scylladb node runs out of disk?',
    from: [runbook('scylladb/ScyllaDiskSpaceLow')],
  },
  { question: 'how do I check whether names do not resolve?', from: [runbook('platform/DNSResolutionFailing')] },
  {
    question: 'what went wrong when labels were shifted by one?',
    from: [incident('2025/2025-09-09-mobilenetv2-label-map-shifted')],
    says: /background|label/i,
  },
  {
    question: 'how did we get out of the retry storm after the pre-processor was restarted?',
    from: [incident('2025/2025-04-02-web-server-retry-storm')],
  },
  {
    question: 'what was the root cause of the memory leak that killed inference-server every two hours?',
    from: [incident('2026/2026-01-14-inference-server-host-memory-leak')],
  },
  {
    question: 'what helped when the GPU ran out of memory after the batch size was raised?',
    from: [incident('2024/2024-12-10-inference-server-cuda-out-of-memory')],
  },
  {
    question: 'what happened when EfficientNet was scaled to zero at night?',
    from: [incident('2025/2025-05-20-efficientnetb0-cold-after-scale-to-zero')],
  },
  {
    question: 'how long did packet loss between the zones go on?',
    from: [incident('2025/2025-07-29-packet-loss-between-zones')],
    says: /3h15m/,
  },
  {
    question: 'what was the impact of the broker disk alarm?',
    from: [incident('2025/2025-08-28-rabbitmq-disk-alarm-blocks-publishers')],
  },
  {
    question: 'what did we learn from the rate limit that was left over?',
    from: [incident('2026/2026-09-15-forgotten-rate-limit')],
  },
  {
    question: 'which alerts fired when the network policy cut the consumer off?',
    from: [incident('2026/2026-04-21-network-policy-cuts-consumer-from-scylladb')],
    says: /ConsumerLag/,
  },
  {
    question: 'why were there five second waits for DNS?',
    from: [incident('2025/2025-04-24-pre-processor-five-second-dns-waits')],
  },
  {
    question: 'how did we notice that the trace store was full?',
    from: [incident('2026/2026-03-03-jaeger-volume-full')],
  },
  { question: 'what do we do when a container is throttled?', from: [runbook('platform/PodCPUThrottling')] },
  {
    question: 'how do I roll back a new model version that is worse than the old one?',
    from: [runbook('efficientnetb0/ModelRolloutRegression')],
  },
  { question: 'what is the load-generator?', from: [service('load-generator')], says: /images/ },
];

/** What a conversation goes on with: each question after those before it. */
export const SAMPLE_CONVERSATIONS: readonly (readonly SampleQuestion[])[] = [
  [
    {
      question: 'what did we do last time the consumer could not reach scylladb?',
      from: [
        incident('2026/2026-04-21-network-policy-cuts-consumer-from-scylladb'),
        incident('2026/2026-03-17-ml-consumer-remembers-dead-addresses'),
      ],
    },
    {
      question: 'how long did it take?',
      from: [
        incident('2026/2026-04-21-network-policy-cuts-consumer-from-scylladb'),
        incident('2026/2026-03-17-ml-consumer-remembers-dead-addresses'),
      ],
      says: /55m|1h7m/,
    },
    {
      question: 'why did it happen?',
      from: [
        incident('2026/2026-04-21-network-policy-cuts-consumer-from-scylladb'),
        incident('2026/2026-03-17-ml-consumer-remembers-dead-addresses'),
      ],
    },
    { question: 'who owns it?', from: [service('ml-consumer')], says: /data/ },
  ],
  [
    {
      question: 'when was a node under memory pressure the last time?',
      from: [incident('2026/2026-07-07-load-generator-eats-node-memory')],
      says: /2026-07-07/,
    },
    {
      question: 'and before that?',
      from: [incident('2025/2025-08-05-node-memory-evicts-inference')],
      says: /2025-08-05/,
    },
    { question: 'what was the impact?', from: [incident('2025/2025-08-05-node-memory-evicts-inference')] },
  ],
  [
    {
      question: 'what happened in the retry amplification?',
      from: [incident('2026/2026-05-26-ensemble-retry-amplification')],
    },
    { question: 'and what did we do?', from: [incident('2026/2026-05-26-ensemble-retry-amplification')] },
    { question: 'and the time before?', from: [incident('2025/2025-04-02-web-server-retry-storm')] },
  ],
];
