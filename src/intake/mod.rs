//! Proposals with reasons: visit, role, patient, adequacy. Never a gate.
