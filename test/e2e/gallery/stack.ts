/**
 * The stack that the gallery of plans starts from, as Terraform configuration, one block a resource.
 *
 * Small and varied: what is deleted with a final snapshot, without one, without a name for one and with a name that is
 * taken; one protected database; a managed snapshot; a `for_each`; a module with `count`; a cluster with a member.
 */

/** Planted as every master password; nothing that Muster prints may contain it. */
export const GALLERY_CANARY = 'CANARY-gallery-7d1f40';

/** Blocks by name; a case takes some away or puts others in their place. */
export type Blocks = Readonly<Record<string, string>>;

const COMMON = `
  engine              = "postgres"
  engine_version      = "15.12"
  instance_class      = "db.t3.medium"
  allocated_storage   = 20
  username            = "app_admin"
  password            = "${GALLERY_CANARY}"`;

/** One `aws_db_instance`; later settings come after the common ones. */
export function instance(name: string, settings: string): string {
  return `resource "aws_db_instance" "${name}" {${COMMON}
  identifier          = "${name}"
${settings
  .split('\n')
  .map((line) => `  ${line.trim()}`)
  .join('\n')}
}
`;
}

/** What is applied once, before any case. */
export const STACK: Blocks = {
  orders: instance(
    'orders',
    `backup_retention_period = 7
     final_snapshot_identifier = "orders-final"
     apply_immediately = true`,
  ),
  orders_weekly: `resource "aws_db_snapshot" "orders_weekly" {
  db_instance_identifier = aws_db_instance.orders.identifier
  db_snapshot_identifier = "orders-weekly"
}
`,
  reports: instance(
    'reports',
    `backup_retention_period = 1
     skip_final_snapshot = true`,
  ),
  ledger: instance(
    'ledger',
    `backup_retention_period = 7
     skip_final_snapshot = true
     deletion_protection = true
     apply_immediately = true`,
  ),
  audit: instance('audit', 'backup_retention_period = 1'),
  billing: instance(
    'billing',
    `backup_retention_period = 1
     final_snapshot_identifier = "orders-weekly"`,
  ),
  shard: `resource "aws_db_instance" "shard" {
  for_each            = toset(["a", "b"])${COMMON}
  identifier          = "shard-\${each.key}"
  skip_final_snapshot = true
  backup_retention_period = 1
}
`,
  tenant: `module "tenant" {
  count  = 2
  source = "./tenant"
  name   = "tenant-\${count.index}"
}
`,
  courses: `resource "aws_rds_cluster" "courses" {
  cluster_identifier  = "courses"
  engine              = "aurora-postgresql"
  engine_version      = "15.12"
  master_username     = "app_admin"
  master_password     = "${GALLERY_CANARY}"
  skip_final_snapshot = true
}
`,
  courses_0: `resource "aws_rds_cluster_instance" "courses" {
  identifier         = "courses-0"
  cluster_identifier = aws_rds_cluster.courses.id
  engine             = aws_rds_cluster.courses.engine
  instance_class     = "db.t3.medium"
}
`,
};

/** The module that `tenant` calls. */
export const TENANT_MODULE = `variable "name" {
  type = string
}

resource "aws_db_instance" "this" {${COMMON}
  identifier          = var.name
  skip_final_snapshot = true
  backup_retention_period = 1
}
`;

/** The stack with one setting of one block rewritten. */
export function edited(block: keyof typeof STACK & string, from: string, to: string): Blocks {
  const text = STACK[block] ?? '';
  if (!text.includes(from)) throw new Error(`the block ${block} holds no ${JSON.stringify(from)}`);
  return { ...STACK, [block]: text.replace(from, to) };
}

/** The stack without some blocks. */
export function without(...names: readonly string[]): Blocks {
  return Object.fromEntries(Object.entries(STACK).filter(([name]) => !names.includes(name)));
}
