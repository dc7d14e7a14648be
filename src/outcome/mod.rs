//! The rules: findings to efficacy, progression and end points. Pure; never sees a voxel.
