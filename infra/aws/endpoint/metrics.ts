import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * A metric that SageMaker keeps of an asynchronous endpoint, or of its variant:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
 */
export function endpointMetric(
  endpointName: string,
  metricName: string,
  statistic: 'Average' | 'Maximum' | 'Sum',
  periodMinutes: number,
  variantName?: string,
): Metric {
  return new Metric({
    namespace: 'AWS/SageMaker',
    metricName,
    statistic,
    period: Duration.minutes(periodMinutes),
    dimensionsMap: {
      EndpointName: endpointName,
      ...(variantName === undefined ? {} : { VariantName: variantName }),
    },
  });
}
