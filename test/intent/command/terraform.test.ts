/**
 * Terraform, OpenTofu and Terragrunt on the command line: opaque where they act, with the way to a plan.
 */

import { describe, expect, it } from 'vitest';
import { classOf, summary, whyOf } from './support.ts';

describe('a destroy', () => {
  it.each([
    'terraform destroy',
    'terraform destroy -auto-approve',
    'terraform destroy --auto-approve -target=aws_db_instance.x',
    'terraform -chdir=infra destroy',
    'terraform destroy -help=false',
    'terraform apply -destroy',
    'terraform apply -auto-approve --destroy',
    'tofu destroy',
    'terragrunt destroy',
    'terragrunt run-all destroy --terragrunt-non-interactive',
    'terragrunt run --all destroy',
    'terragrunt run -- destroy',
    'terragrunt run --all -- apply -destroy',
    'terragrunt stack run destroy',
    'terragrunt destroy-all',
    'terragrunt --working-dir live destroy',
    'cd infra && terraform destroy',
    'sudo terraform destroy',
    'echo yes | terraform destroy',
    'TF_VAR_x=1 terraform destroy',
  ])('%s is one', (text) => {
    expect(classOf(text)).toBe('destroy');
    expect(whyOf(text)).toMatch(/plan -destroy -out=p; \w+ show -json p > p\.json; muster gate terraform p\.json/);
  });
});

describe('what acts on more than the command says', () => {
  it.each([
    'terraform apply',
    'terraform apply -auto-approve',
    'terraform apply tfplan',
    'terraform apply -target=x -replace=y',
    'terraform -chdir=infra apply',
    'tofu apply',
    'terragrunt apply',
    'terragrunt run-all apply',
    'terragrunt run --all apply',
    'terraform state rm aws_db_instance.x',
    'terraform state mv a b',
    'terraform state push s.tfstate',
    'terraform state replace-provider a b',
    'terraform import aws_db_instance.x orders',
    'terraform taint aws_db_instance.x',
    'terraform untaint x',
    'terraform refresh',
    'terraform workspace delete prod',
    'terraform force-unlock 1',
    'terraform init -migrate-state',
    'terraform init -force-copy',
    'terraform init --reconfigure',
    'terraform test',
    'terraform frobnicate',
    'terraform $CMD',
    'terraform "$@"',
    'terraform -chdir $D plan',
    'terragrunt $X plan',
    'terraform state $OP x',
    'TF_CLI_ARGS=-destroy terraform apply',
    'export TF_CLI_ARGS_apply=-destroy; terraform plan',
  ])('%s is unknown', (text) => {
    expect(summary(text)).toBe('unknown opaque');
  });

  it('says how to ask instead', () => {
    expect(whyOf('terraform apply')).toContain('make a plan and ask: terraform plan -out=p');
    expect(whyOf('terraform apply tfplan')).toContain('ask about the plan it names: terraform show -json PLAN');
    expect(whyOf('tofu apply')).toContain('tofu plan -out=p');
  });
});

describe('what only looks', () => {
  it.each([
    'terraform plan',
    'terraform plan -out=p -var x=y',
    'terraform plan -destroy -out=p',
    'terraform -chdir=infra plan',
    'terraform show -json p > p.json',
    'terraform validate',
    'terraform fmt -recursive',
    'terraform init',
    'terraform init -upgrade -backend-config=x',
    'terraform output -json',
    'terraform providers',
    'terraform version',
    'terraform -version',
    'terraform --help',
    'terraform destroy -help',
    'terraform graph',
    'terraform state list',
    'terraform state show aws_db_instance.x',
    'terraform state pull > backup.json',
    'terraform workspace list',
    'terraform workspace show',
    'tofu plan',
    'terragrunt plan',
    'terragrunt run-all plan',
    'terragrunt run --all plan',
    'terragrunt hclfmt',
  ])('%s is harmless', (text) => {
    expect(summary(text)).toBe('none');
  });
});
