//! Receipts that the answers to one request may carry.

use std::sync::Arc;

use crate::controls::SharedKey;
use crate::controls::receipt::{Receipt, lifetime};

use super::Server;
use super::service::Service;
use super::understand::Step;
use super::upstream::now;

/// Writes the receipt for a step, once it is done.
pub(super) struct Receipts {
    service: Arc<Service>,
    key: SharedKey,
    step: Step,
    caller: Option<String>,
    request: String,
}

impl Receipts {
    pub(super) fn new(server: &Server, service: &Arc<Service>, step: Step, caller: Option<String>, request: &str) -> Self {
        Self { service: Arc::clone(service), key: server.controls.key.clone(), step, caller, request: request.to_owned() }
    }

    /// The receipt, which counts from now on.
    pub(super) fn write(&self) -> String {
        let plan = self.service.router.plan();
        let receipt = Receipt {
            workflow: self.step.workflow.clone(),
            step: self.step.name.clone(),
            run: self.step.run.clone(),
            caller: self.caller.clone(),
            plan: plan.digest.to_string(),
            request: self.request.clone(),
            expires: now() + lifetime(plan, &self.step.workflow),
        };
        receipt.write(&self.key)
    }
}
